/** One operator of a TFLite file on its way to TensorFlow nodes: what the entries of the builtin table see. */
import type { ElementType } from '../../onnx/element-type.ts';
import { integerValues } from '../../onnx/tensor-data.ts';
import { Unconvertible } from '../build/unconvertible.ts';
import type { TfNode } from '../tf/tf-graph.ts';
import { parseReference } from '../tf/tf-graph.ts';
import { isElementType } from './constants.ts';
import { type GraphTranslation, isQuantized, plainName } from './graph-translation.ts';
import type { ModelTranslation } from './model-translation.ts';
import { type NodeAttribute, nodeAttributes } from './node-attributes.ts';
import type { Options } from './options.ts';
import type { TfliteOperator, TfliteTensor } from './tflite-model.ts';

/** Numbers that an input may have when its content is needed while the model is read: axes, sizes. */
const MAX_READ_NUMBERS = 4096;

/** Gives the references of the operator's outputs, as numbers. */
export type Builtin = (o: OperatorTranslation) => string | readonly string[];

export type BuiltinTable = Readonly<Record<string, Builtin>>;

/** Activations that an operator may have fused. Source: ActivationFunctionType in schema.fbs. */
const ACTIVATIONS = [undefined, 'Relu', '_TfliteReluN1To1', 'Relu6', 'Tanh', 'Sign'] as const;

/** Reads an operator's inputs and options, and gathers the nodes that stand for it. */
export class OperatorTranslation {
  readonly graph: GraphTranslation;
  readonly model: ModelTranslation;
  readonly operator: TfliteOperator;
  readonly options: Options;
  readonly #made: TfNode[] = [];
  #hasIntegers = false;

  constructor(model: ModelTranslation, graph: GraphTranslation, operator: TfliteOperator) {
    this.model = model;
    this.graph = graph;
    this.operator = operator;
    this.options = operator.options;
  }

  /** What the file calls it. */
  get kind(): string {
    const { op, custom } = this.operator;
    return custom === '' ? op : `custom operator ${custom}`;
  }

  /** Whether the input is there. */
  has(place: number): boolean {
    return (this.operator.inputs[place] ?? -1) >= 0;
  }

  /** The number of an input tensor. @throws Unconvertible when it is absent */
  index(place: number): number {
    const index = this.operator.inputs[place] ?? -1;
    if (index >= 0) return index;
    throw new Unconvertible(`it has no input ${place}`);
  }

  tensor(place: number): TfliteTensor {
    return this.graph.tensor(this.index(place));
  }

  /** An output tensor. @throws Unconvertible when the operator has none there */
  output(place: number): TfliteTensor {
    return this.graph.tensor(this.operator.outputs[place] ?? -1);
  }

  /** The reference of an input. */
  input(place: number): string {
    return this.graph.value(this.index(place));
  }

  /** The references of all inputs that are there. */
  get inputs(): string[] {
    return this.operator.inputs
      .filter((index) => index >= 0)
      .map((index) => this.graph.value(index));
  }

  /** Inputs from one place on, of which the file may leave some out. */
  optional(...places: readonly number[]): string[] {
    return places.filter((place) => this.has(place)).map((place) => this.input(place));
  }

  /** The integers of an input that must be constant. @throws Unconvertible when it is computed */
  numbers(place: number): readonly number[] {
    const index = this.index(place);
    if (!this.graph.isConstant(index))
      throw new Unconvertible(`its input ${place} is computed while the model runs`);
    const constant = this.graph.constant(index);
    if (constant.dims.reduce((product, dim) => product * dim, 1) > MAX_READ_NUMBERS)
      throw new Unconvertible(`its input ${place} has too many elements`);
    return integerValues(constant);
  }

  /** The element type of an output. @throws Unconvertible for a handle */
  outputType(place = 0): ElementType {
    const { type } = this.output(place);
    if (isElementType(type)) return type;
    throw new Unconvertible(`its result is of type ${type}`);
  }

  /** Adds a node; gives the reference of its first output. `name` is a fresh one of the list, for references that must last. */
  add(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, NodeAttribute>> = {},
    name?: string,
  ): string {
    // Named when the operator is done: the last one has the name of the tensor that it gives.
    const own = name ?? `${PENDING}${this.#made.length}`;
    this.#made.push({
      name: own,
      op,
      inputs,
      attributes: nodeAttributes(attributes),
      kind: this.kind,
    });
    return own;
  }

  /** Says that the first result is the integers of the output, not the numbers that they stand for. */
  asIntegers(reference: string): string {
    this.#hasIntegers = true;
    return reference;
  }

  /** Stands in the graph as what it is called: with a reason, or as an op that no table knows. */
  refuse(refusal?: TfNode['refusal']): readonly string[] {
    const inputs = this.operator.inputs.flatMap((index) => this.graph.flowing(index) ?? []);
    const name = `${PENDING}0`;
    this.#made.length = 0;
    this.#made.push({
      name,
      op: this.kind,
      inputs,
      attributes: nodeAttributes({}),
      ...(refusal && { refusal }),
    });
    return this.operator.outputs.map((_, place) => `${name}:${place}`);
  }

  /** A constant of given numbers; int32 unless said otherwise. */
  constant(
    values: readonly number[],
    type: ElementType = 'int32',
    dims: readonly number[] = [values.length],
  ): string {
    return this.graph.list.numbers(values, type, dims);
  }

  /** The fused activation by its number. @throws Unconvertible for one that is not defined */
  activated(reference: string, code = this.options.number('activation')): string {
    const op = ACTIVATIONS[code];
    if (code === 0) return reference;
    if (op) return this.add(op, [reference]);
    throw new Unconvertible(`its fused activation has the number ${code}`);
  }

  /** Puts the nodes into the graph, and their results in place of the operator's outputs. */
  finish(results: readonly string[]): void {
    const { list } = this.graph;
    const names = new Map<string, string>();
    const outputs = this.operator.outputs;
    const wish = this.graph.subgraph.tensors[outputs[0] ?? -1]?.name ?? this.kind;
    const given = results.map((reference) => parseReference(reference).node);
    for (const { name, op } of this.#made) {
      if (!name.startsWith(PENDING)) continue;
      const tensor = this.graph.subgraph.tensors[outputs[given.indexOf(name)] ?? -1];
      const isLast = tensor !== undefined && !isQuantized(tensor);
      const suffix = op.replace(/^_(Tflite)?/, '');
      names.set(name, list.fresh(isLast ? tensor.name : `${plainName(wish)}/${suffix}`));
    }
    const renamed = (reference: string): string => {
      if (!reference.startsWith(PENDING)) return reference;
      const { node, output } = parseReference(reference);
      const name = names.get(node) ?? node;
      return output === 0 ? name : `${name}:${output}`;
    };
    for (const node of this.#made)
      list.push({ ...node, name: renamed(node.name), inputs: node.inputs.map(renamed) });
    for (const [place, reference] of results.entries()) {
      const index = outputs[place] ?? -1;
      if (index < 0) continue;
      if (place === 0 && this.#hasIntegers) this.graph.giveIntegers(index, renamed(reference));
      else this.graph.give(index, renamed(reference));
    }
  }
}

/** No tensor's name begins with it: names of nodes are taken without it. */
const PENDING = '\0';
