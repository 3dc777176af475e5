/** One subgraph of a TFLite file on its way to a TensorFlow graph: which node stands for which tensor. */
import type { ElementType } from '../../onnx/element-type.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { FreshNames } from '../build/fresh-names.ts';
import { numberTensor } from '../build/number-tensor.ts';
import { Unconvertible } from '../build/unconvertible.ts';
import type { TfNode } from '../tf/tf-graph.ts';
import { dequantizeLong, heldType, isElementType, storedConstant } from './constants.ts';
import type { NodeAttribute } from './node-attributes.ts';
import { nodeAttributes, reals, typeOf } from './node-attributes.ts';
import type { TfliteSubgraph, TfliteTensor } from './tflite-model.ts';

/** Types whose activations TFLite computes with as integers. */
const QUANTIZED_TYPES: readonly string[] = [
  'int8',
  'uint8',
  'int16',
  'int32',
  'int4',
  'int2',
  'uint4',
];

/** Whether the integers of a tensor stand for other numbers. */
export const isQuantized = ({ type, quantization }: TfliteTensor): boolean =>
  quantization !== undefined && QUANTIZED_TYPES.includes(type);

/** A tensor's name as a node can have it: the first of several, without a number behind a colon. */
export const plainName = (name: string): string =>
  (name.split(';', 1)[0] ?? '').replace(/:0$/, '').replace(/:(\d+)$/, '_$1') || 'tensor';

/** The nodes of one graph, whichever subgraphs they come from. */
export class NodeList {
  readonly nodes: TfNode[] = [];
  readonly #names = new FreshNames();

  /** A name that no node has, as near to `wish` as possible. References end with `:number`, so a name must not. */
  fresh(wish: string): string {
    return this.#names.fresh(plainName(wish));
  }

  /** Adds a node of a fresh name; gives the reference of its first output. */
  add(
    wish: string,
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, NodeAttribute>> = {},
  ): string {
    const name = this.fresh(wish);
    this.nodes.push({ name, op, inputs, attributes: nodeAttributes(attributes) });
    return name;
  }

  /** Adds a node as it is. */
  push(node: TfNode): void {
    this.nodes.push(node);
  }

  constant(name: string, value: StoredTensor): string {
    return this.add(name, 'Const', [], { value: { kind: 'tensor', value } });
  }

  numbers(values: readonly number[], type: ElementType, dims?: readonly number[]): string {
    return this.constant('constant', numberTensor(values, type, dims));
  }
}

/** References of tensors by number: as the numbers that they stand for, and as the integers that they hold. */
export class GraphTranslation {
  readonly list: NodeList;
  readonly subgraph: TfliteSubgraph;
  readonly #values = new Map<number, string>();
  readonly #held = new Map<number, string>();
  readonly #constants = new Map<number, StoredTensor>();
  /** Variables by the tensors that are their handles. */
  readonly #handles = new Map<number, string>();
  /** Tensors at which the graph was cut: what would make them is left out. */
  readonly #fixed = new Set<number>();

  constructor(list: NodeList, subgraph: TfliteSubgraph) {
    this.list = list;
    this.subgraph = subgraph;
  }

  tensor(index: number): TfliteTensor {
    const tensor = this.subgraph.tensors[index];
    if (tensor) return tensor;
    throw new Unconvertible(`it has no tensor ${index}`);
  }

  /** The tensor is what comes from outside, under this reference. */
  enter(index: number, reference: string): void {
    this.#held.set(index, reference);
    this.#fixed.add(index);
  }

  /** The tensor has the numbers of this reference. */
  enterValue(index: number, reference: string): void {
    this.#values.set(index, reference);
    this.#fixed.add(index);
  }

  /** The tensor has constant content: that of another one, decoded. */
  setConstant(index: number, tensor: StoredTensor): void {
    if (!this.#fixed.has(index)) this.#constants.set(index, tensor);
  }

  /** An operator made these numbers for the tensor. A quantized one is rounded as its integers demand. */
  give(index: number, reference: string): void {
    if (this.#fixed.has(index)) return;
    const tensor = this.tensor(index);
    if (!isQuantized(tensor)) {
      this.#values.set(index, reference);
      return;
    }
    const held = this.list.add(
      `${plainName(tensor.name)}/quantized`,
      '_TfliteQuantize',
      [reference],
      quantizationOf(tensor),
    );
    this.#held.set(index, held);
  }

  /** An operator made the integers that the tensor holds. */
  giveIntegers(index: number, reference: string): void {
    if (!this.#fixed.has(index)) this.#held.set(index, reference);
  }

  /** The reference of a tensor that is computed or comes from outside. */
  flowing(index: number): string | undefined {
    return this.#held.get(index) ?? this.#values.get(index);
  }

  /** The tensor is a handle of the variable. */
  setHandle(index: number, variable: string): void {
    this.#handles.set(index, variable);
  }

  /** The variable of a handle. @throws Unconvertible when the handle comes from elsewhere */
  handle(index: number): string {
    const variable = this.#handles.get(index);
    if (variable !== undefined) return variable;
    throw new Unconvertible('its variable is passed into a loop or a branch');
  }

  /** The reference of the numbers that the tensor stands for. */
  value(index: number): string {
    const known = this.#values.get(index);
    if (known !== undefined) return known;
    const reference = this.#makeValue(index);
    this.#values.set(index, reference);
    return reference;
  }

  /** The reference of what the tensor holds: integers, when it is quantized. */
  held(index: number): string {
    const tensor = this.tensor(index);
    const known = this.#held.get(index);
    if (known !== undefined) return known;
    if (!isQuantized(tensor) || this.#values.has(index)) return this.value(index);
    const reference = this.list.constant(
      `${plainName(tensor.name)}/integers`,
      this.constant(index),
    );
    this.#held.set(index, reference);
    return reference;
  }

  /** Whether the content is known, whatever may be fed. */
  isConstant(index: number): boolean {
    return this.#constants.has(index) || this.#isStored(index);
  }

  /** Constant content, without its quantization. @throws Unconvertible when it is computed */
  constant(index: number): StoredTensor {
    const known = this.#constants.get(index);
    if (known) return known;
    const tensor = this.tensor(index);
    if (tensor.data === undefined && !tensor.shape.includes(0))
      throw new Unconvertible(`nothing gives its input "${tensor.name}" a content`);
    const stored = storedConstant(tensor);
    this.#constants.set(index, stored);
    return stored;
  }

  #isStored(index: number): boolean {
    return (
      !this.#fixed.has(index) && (this.subgraph.tensors[index]?.data ?? undefined) !== undefined
    );
  }

  #makeValue(index: number): string {
    const tensor = this.tensor(index);
    const held = this.#held.get(index);
    const { name, quantization } = tensor;
    if (held !== undefined)
      return isQuantized(tensor)
        ? this.list.add(name, '_TfliteDequantize', [held], quantizationOf(tensor))
        : held;
    const stored = this.constant(index);
    if (!quantization) return this.list.constant(name, stored);
    if (quantization.isBlockwise)
      throw new Unconvertible(`its weights "${name}" are quantized by blocks`);
    if (stored.type === 'int64')
      return this.list.constant(
        name,
        dequantizeLong(stored, quantization.scale, quantization.axis),
      );
    if (!isQuantized(tensor)) return this.list.constant(name, stored);
    return this.list.add(name, '_TfliteQuantized', [], {
      ...quantizationOf(tensor),
      value: { kind: 'tensor', value: stored },
    });
  }
}

/** How a tensor is quantized, as attributes of the nodes that do it. */
export function quantizationOf(tensor: TfliteTensor): Record<string, NodeAttribute> {
  const { scale = [], zeroPoint = [], axis = 0 } = tensor.quantization ?? {};
  const type = heldType(tensor.type);
  if (!isElementType(type)) throw new Unconvertible(`"${tensor.name}" is of type ${type}`);
  return { scale: reals(scale), zero_point: zeroPoint, axis, type: typeOf(type) };
}
