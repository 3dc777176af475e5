/** Lookups in a quantized graph: who makes a value, who reads it, and which Q/DQ pairs surround a node. */
import { ELEMENT_TYPES, type ElementType } from '../../onnx/element-type.ts';
import type { Graph, Node } from '../../onnx/model.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { readRaw } from '../../onnx/tensor-data.ts';

/** A DequantizeLinear, and what it turns back. */
export interface Dequantized {
  readonly node: Node;
  /** The constant it reads; `undefined` for an activation. */
  readonly weight: StoredTensor | undefined;
}

/** One graph, or a body with the graph around it: values of both are seen from the body. */
export class QuantizedGraph {
  readonly graph: Graph;
  readonly #outer: QuantizedGraph | undefined;
  readonly #producers = new Map<string, Node>();
  readonly #readers = new Map<string, Node[]>();
  readonly #outputs: ReadonlySet<string>;

  constructor(graph: Graph, outer?: QuantizedGraph) {
    this.graph = graph;
    this.#outer = outer;
    this.#outputs = new Set(graph.outputs.map(({ name }) => name));
    for (const node of graph.nodes) {
      for (const name of node.outputs) this.#producers.set(name, node);
      for (const name of new Set(node.inputs)) {
        const readers = this.#readers.get(name) ?? [];
        readers.push(node);
        this.#readers.set(name, readers);
      }
    }
  }

  producer(name: string): Node | undefined {
    return this.#producers.get(name) ?? this.#outer?.producer(name);
  }

  readers(name: string): readonly Node[] {
    return this.#readers.get(name) ?? [];
  }

  isOutput(name: string): boolean {
    return this.#outputs.has(name);
  }

  /** The constant of this name: an initializer, or the value of a Constant node. */
  constant(name: string): StoredTensor | undefined {
    const own = this.graph.initializers.get(name);
    if (own !== undefined) return own;
    const producer = this.#producers.get(name);
    if (producer === undefined) return this.#outer?.constant(name);
    const value = producer.opType === 'Constant' ? producer.attributes.get('value') : undefined;
    return value?.type === 'tensor' ? value.value : undefined;
  }

  /** The DQ that makes this value, if one does. */
  dequantized(name: string): Dequantized | undefined {
    const node = this.producer(name);
    if (node?.opType !== 'DequantizeLinear') return undefined;
    return { node, weight: this.constant(node.inputs[0] ?? '') };
  }

  /** The Q that alone reads this value, if it is so. */
  onlyQuantizer(name: string): Node | undefined {
    const [reader, ...others] = this.readers(name);
    if (reader?.opType !== 'QuantizeLinear' || others.length > 0 || this.isOutput(name))
      return undefined;
    return reader;
  }

  /** The element type of a Q's output or a DQ's input: that of its zero point, else uint8. */
  quantizedType({ inputs }: Node): string {
    return this.constant(inputs[2] ?? '')?.type ?? 'uint8';
  }

  /** Whether two Q/DQ nodes have the same constant scale and zero point. */
  hasSameParameters(a: Node, b: Node): boolean {
    return [1, 2].every((input) =>
      this.#isSameConstant(a.inputs[input] ?? '', b.inputs[input] ?? ''),
    );
  }

  /** A constant's bytes, while it is as small as scales and zero points are. */
  smallConstant(name: string): Uint8Array | undefined {
    const tensor = this.constant(name);
    const size = tensor?.dims.reduce((all, dim) => all * dim, 1) ?? 0;
    return tensor === undefined || size > 4096 ? undefined : readRaw(tensor);
  }

  #isSameConstant(a: string, b: string): boolean {
    if (a === b) return true;
    const left = this.smallConstant(a);
    const right = this.smallConstant(b);
    return (
      left !== undefined &&
      right !== undefined &&
      left.length === right.length &&
      left.every((byte, i) => byte === right[i])
    );
  }
}

const isElementType = (type: string): type is ElementType => Object.hasOwn(ELEMENT_TYPES, type);

/** Bits of an element type by its name. */
export const bitsOf = (type: string): number =>
  isElementType(type) ? ELEMENT_TYPES[type].bits : 8;
