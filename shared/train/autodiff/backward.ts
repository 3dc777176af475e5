/** The backward part of a graph under construction. */
import type { Node } from '../../onnx/model.ts';
import type { TakenNames } from '../../onnx/taken-names.ts';
import { Emitter, type Shape } from '../emitter.ts';

/** Nodes and constants that gradients are made of. */
export class Backward extends Emitter {
  /** Nodes of the forward graph that give more than they did, see {@link alsoOutput}. */
  readonly forward = new Map<Node, Node>();

  /** `shapes`: of the forward graph's values. */
  constructor(shapes: ReadonlyMap<string, Shape>, names: TakenNames) {
    super(shapes, names, 'grad');
  }

  /** What is emitted into a body: it sees all values that there are by now, and `fed` ones. */
  inner(fed: ReadonlyMap<string, Shape>): Backward {
    return new Backward(new Map([...this.shapes, ...fed]), this.names);
  }

  /** The name of a value that a body is fed. */
  fresh(hint: string): string {
    return this.names.fresh(`grad_${hint}`);
  }

  /** Name of an output of a node of the forward graph; it is made to give it where it did not. */
  alsoOutput(node: Node, output: number): string {
    const known = this.forward.get(node) ?? node;
    const name = known.outputs[output];
    if (name !== undefined && name !== '') return name;
    const length = Math.max(known.outputs.length, output + 1);
    const outputs = Array.from({ length }, (_, i) => known.outputs[i] ?? '');
    outputs[output] = this.names.fresh(`${node.outputs[0] ?? 'forward'}_${output}`);
    this.forward.set(node, { ...known, outputs });
    return outputs[output];
  }
}
