/** Nodes of a tap in the making, with fresh names and constants. */
import { ELEMENT_TYPES } from '../../../../onnx/element-type.ts';
import type { GraphEditor } from '../../../../onnx/graph-editor.ts';
import { int64Tensor } from '../../../../onnx/make-tensor.ts';
import type { Attribute, Node } from '../../../../onnx/model.ts';
import type { StoredTensor } from '../../../../onnx/stored-tensor.ts';
import { makeNode } from './tap.ts';

/** Collects nodes in order, each with an output name that is new to the graph; constants go to the graph at once. */
export class Steps {
  readonly nodes: Node[] = [];
  readonly #graph: GraphEditor;

  constructor(graph: GraphEditor) {
    this.#graph = graph;
  }

  /** Adds a node and gives its output. */
  add(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    const output = this.#graph.freshName('statistic');
    this.nodes.push({
      ...makeNode(opType, inputs, output),
      attributes: new Map(Object.entries(attributes)),
    });
    return output;
  }

  constant(tensor: StoredTensor): string {
    return this.#graph.addInitializer({ ...tensor, name: this.#graph.freshName('statistic') });
  }

  /** A constant vector of integers. */
  ints(...values: readonly number[]): string {
    return this.constant(int64Tensor('', [values.length], values));
  }

  toFloat(input: string): string {
    return this.add('Cast', [input], { to: { type: 'int', value: ELEMENT_TYPES.float32.code } });
  }

  /** The length of an axis, a vector of one integer. */
  lengthOf(input: string, axis: number): string {
    return this.add('Gather', [this.add('Shape', [input]), this.ints(axis)]);
  }

  /** About `count` elements along an axis, evenly spread; the step is odd, as rows often are not. */
  spread(input: string, axis: number, count: number): string {
    const half = this.add('Div', [this.lengthOf(input, axis), this.ints(2 * count)]);
    const step = this.add('Add', [this.add('Mul', [half, this.ints(2)]), this.ints(1)]);
    const end = this.ints(Number.MAX_SAFE_INTEGER);
    return this.add('Slice', [input, this.ints(0), end, this.ints(axis), step]);
  }
}
