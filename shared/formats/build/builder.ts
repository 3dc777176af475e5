/**
 * The ONNX graph that a reader makes of a source model, node by node. It knows no source format; what
 * operators mean lies in the files beside it, each a few functions over a {@link Builder}.
 */
import { DefectError } from '../../base/errors.ts';
import { withoutDefaults } from '../../onnx/attribute-defaults.ts';
import { ELEMENT_TYPES, type ElementType } from '../../onnx/element-type.ts';
import { type AttributeInputs, makeNode } from '../../onnx/make-node.ts';
import { filledTensor, float32Tensor, int64Tensor, rawTensor } from '../../onnx/make-tensor.ts';
import type { Graph, Node, ValueInfo, ValueType } from '../../onnx/model.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { elementCount, lookAtRaw } from '../../onnx/tensor-data.ts';
import { checkedSizes, type Shape } from './dims.ts';
import { FreshNames } from './fresh-names.ts';
import { numberTensor } from './number-tensor.ts';
import { inOrder, type Order, placesOf, plainOrder, sameOrder } from './order.ts';
import { permuteBytes, permuteInto } from './permute.ts';
import { NeedsOpset, Unconvertible } from './unconvertible.ts';
import { Value } from './value.ts';

/** What {@link Builder.emit} needs to know of the result besides its type and shape. */
export interface EmitOptions {
  readonly attributes?: AttributeInputs;
  /** The order in which the operator gives its result. */
  readonly order?: Order;
}

/** What all graphs of one model share. */
interface Root {
  readonly opset: number;
  readonly isOpsetFixed: boolean;
  readonly names: FreshNames;
  readonly initializers: Map<string, StoredTensor>;
  /** Initializers of the same content, by a key of it. */
  readonly constants: Map<string, string>;
  readonly origins: Map<string, Origin>;
  readonly types: Map<string, ValueType>;
}

/** Which tensor of the source a value of the graph is, and in which order it is held. */
export interface Origin {
  /** The source's name of the tensor or layer. */
  readonly source: string;
  readonly order: Order;
}

/** Constants up to this size are put in order at once; larger ones when they are written. */
const EAGER_BYTES = 4096;

/** One graph under construction; {@link Builder.child} makes the body of a Loop or If. */
export class Builder {
  readonly #root: Root;
  readonly #parent: Builder | undefined;
  readonly #nodes: Node[] = [];
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  /** Names under which values are held, by value and order, in this graph. */
  readonly #held = new Map<Value, Map<string, string>>();
  /** Whether what is made here stays here: constants too. */
  readonly #isRehearsal: boolean;
  #scope: string;

  private constructor(root: Root, parent: Builder | undefined, scope: string, isRehearsal = false) {
    this.#root = root;
    this.#parent = parent;
    this.#scope = scope;
    this.#isRehearsal = isRehearsal;
  }

  /** The main graph. With `isOpsetFixed` a part that needs a later version is refused instead of starting again. */
  static root(opset: number, isOpsetFixed = false): Builder {
    const root: Root = {
      opset,
      isOpsetFixed,
      names: new FreshNames(),
      initializers: new Map(),
      constants: new Map(),
      origins: new Map(),
      types: new Map(),
    };
    return new Builder(root, undefined, '');
  }

  /** The version of ai.onnx that is written. */
  get opset(): number {
    return this.#root.opset;
  }

  /** Says that what follows needs a later version. @throws NeedsOpset, or Unconvertible when the user fixed the version */
  require(opset: number, what: string): void {
    if (this.opset >= opset) return;
    if (this.#root.isOpsetFixed)
      throw new Unconvertible(`${what} needs opset ${opset}, and ${this.opset} was asked for`);
    throw new NeedsOpset(opset, what);
  }

  /** The body of a Loop or If: it sees the values of this graph, which see nothing of it. */
  child(): Builder {
    return new Builder(this.#root, this, this.#scope);
  }

  /** A body to try something in: it sees what this graph holds, and nothing of it gets into the model. */
  rehearsal(): Builder {
    const { opset, isOpsetFixed, names, initializers, constants, origins, types } = this.#root;
    const root: Root = {
      opset,
      isOpsetFixed,
      names: new FreshNames(names),
      initializers: new Map(initializers),
      constants: new Map(constants),
      origins: new Map(origins),
      types: new Map(types),
    };
    return new Builder(root, this, this.#scope, true);
  }

  /** What the work makes is named after a node or layer of the source. */
  within<T>(scope: string, work: () => T): T {
    const outer = this.#scope;
    this.#scope = scope;
    try {
      return work();
    } finally {
      this.#scope = outer;
    }
  }

  /** The node or layer of the source that is being converted; empty outside of {@link within}. */
  get scope(): string {
    return this.#scope;
  }

  /** A name that is not taken, as near to `wish` as possible; taken from now on. */
  fresh(wish: string): string {
    return this.#root.names.fresh(wish);
  }

  /** A graph input, under exactly this name. @throws Unconvertible when two have it */
  input(name: string, type: ElementType, shape: Shape | null): Value {
    if (this.#root.names.has(name)) throw new Unconvertible(`two inputs are named '${name}'`);
    this.#root.names.take(name);
    this.#inputs.push({ name, type: { kind: 'tensor', elementType: type, shape } });
    return new Value(type, shape, { kind: 'named', name, order: undefined });
  }

  /** An input of the body of a Loop, under a name like `wish`. */
  parameter(wish: string, type: ElementType, shape: Shape | null): Value {
    const name = this.fresh(wish);
    this.#inputs.push({ name, type: { kind: 'tensor', elementType: type, shape } });
    return this.named(name, type, shape);
  }

  /** Adds a node; gives the names of its outputs. @throws Unconvertible for attributes that are no whole numbers */
  node(
    op: string,
    inputs: readonly string[],
    attributes: AttributeInputs = {},
    outputs = 1,
  ): string[] {
    checkAttributes(attributes);
    const base = this.#scope === '' ? op : `${this.#scope}/${op.slice(op.lastIndexOf(':') + 1)}`;
    const name = this.fresh(base);
    const names = Array.from({ length: outputs }, (_, index) =>
      this.fresh(index === 0 ? `${name}:0` : `${name}:${index}`),
    );
    const node = makeNode(op, inputs, names, attributes, name);
    this.#nodes.push(withoutDefaults(node, this.opset));
    return names;
  }

  /** Adds a node of one output. */
  emit(
    op: string,
    inputs: readonly string[],
    type: ElementType,
    shape: Shape | null,
    { attributes = {}, order }: EmitOptions = {},
  ): Value {
    const [name = ''] = this.node(op, inputs, attributes);
    return this.named(name, type, shape, order);
  }

  /** A value that a node made. @throws Unconvertible for sizes that no tensor has */
  named(name: string, type: ElementType, shape: Shape | null, order?: Order): Value {
    const sizes = shape && checkedSizes(shape);
    this.#declare(name, type, sizes, order);
    return new Value(type, sizes, { kind: 'named', name, order });
  }

  /** A constant of the source. It becomes an initializer where it is used. */
  constant(tensor: StoredTensor): Value {
    return new Value(tensor.type, tensor.dims, { kind: 'constant', tensor });
  }

  /** A constant of given numbers. */
  numbers(
    values: readonly number[],
    type: ElementType,
    dims: readonly number[] = [values.length],
  ): Value {
    return this.constant(numberTensor(values, type, dims));
  }

  /** A constant of rank 0. */
  scalar(value: number, type: ElementType): Value {
    return this.numbers([value], type, []);
  }

  /** The name of an int64 initializer: axes, sizes, starts. @throws Unconvertible for other than whole numbers */
  ints(values: readonly number[], dims: readonly number[] = [values.length]): string {
    if (!values.every(Number.isSafeInteger))
      throw new Unconvertible(`its axes or sizes [${values}] are no whole numbers`);
    return this.#shared(`int64 ${dims} ${values}`, () => int64Tensor('', dims, values), 'ints');
  }

  /** The name of a float32 initializer. */
  floats(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.#shared(
      `float32 ${dims} ${values}`,
      () => float32Tensor('', dims, values),
      'floats',
    );
  }

  /** The name of the value with its axes as the source has them, or in `order`. @throws Unconvertible for another number of axes */
  hold(value: Value, order?: Order): string {
    const wanted = plainOrder(order);
    if (wanted && value.shape && wanted.length !== value.shape.length)
      throw new Unconvertible(
        `it needs a value of ${wanted.length} axes, and there is one of ${value.shape.length}`,
      );
    const key = wanted?.join() ?? '';
    const known = this.#find(value, key);
    if (known !== undefined) return known;
    const name = this.#make(value, wanted);
    const home = value.content.kind === 'constant' ? this.#top() : this;
    const byOrder = home.#held.get(value) ?? new Map<string, string>();
    home.#held.set(value, byOrder.set(key, name));
    return name;
  }

  /** The name of the value in whatever order it is held. */
  holdAsIs(value: Value): string {
    return this.hold(value, value.order);
  }

  /** Keeps a name free for an output. */
  reserve(name: string): void {
    this.#root.names.take(name);
  }

  /** Makes the value an output of this graph, under a name that was reserved or is fresh. */
  output(name: string, value: Value): void {
    this.#nodes.push(makeNode('Identity', [this.hold(value)], [name]));
    const { type, shape } = value;
    this.#declare(name, type, shape);
    this.#outputs.push({ name, type: { kind: 'tensor', elementType: type, shape } });
  }

  /** Remembers which tensor of the source this is, for whoever compares the two models. */
  trace(source: string, value: Value): void {
    if (value.content.kind === 'named' && !this.#parent)
      this.#root.origins.set(value.content.name, { source, order: value.content.order });
  }

  get origins(): ReadonlyMap<string, Origin> {
    return this.#root.origins;
  }

  /** Of values that nodes made, in all graphs, as they are held; those are left out of which nothing was said. */
  get types(): ReadonlyMap<string, ValueType> {
    return this.#root.types;
  }

  /** The graph as it is now; the body of a Loop or If has its initializers in the main graph. */
  graph(name: string): Graph {
    return {
      name,
      nodes: this.#nodes,
      initializers: this.#parent ? new Map() : this.#root.initializers,
      sparseInitializers: [],
      inputs: this.#inputs,
      outputs: this.#outputs,
      valueInfo: new Map(),
    };
  }

  #find(value: Value, key: string): string | undefined {
    for (let scope: Builder | undefined = this; scope; scope = scope.#parent) {
      const name = scope.#held.get(value)?.get(key);
      if (name !== undefined) return name;
    }
    return undefined;
  }

  #top(): Builder {
    let scope: Builder = this;
    while (scope.#parent && !scope.#isRehearsal) scope = scope.#parent;
    return scope;
  }

  #make(value: Value, order: Order): string {
    const { content } = value;
    switch (content.kind) {
      case 'constant':
        return this.#initializer(permuteTensor(content.tensor, order));
      case 'quantized':
        return this.#dequantize(content, order);
      case 'named': {
        if (sameOrder(content.order, order)) return content.name;
        const rank = (content.order ?? order)?.length ?? 0;
        const places = placesOf(content.order, rank);
        const perm = placesOf(order, rank).map((axis) => places.indexOf(axis));
        const [name = ''] = this.node('Transpose', [content.name], { perm });
        this.#declare(name, value.type, value.shape, order);
        return name;
      }
    }
  }

  #declare(name: string, elementType: ElementType, shape: Shape | null, order?: Order): void {
    this.#root.types.set(name, {
      kind: 'tensor',
      elementType,
      shape: shape && inOrder(shape, order),
    });
  }

  #dequantize(
    { tensor, scale, zeroPoint, axis }: Extract<Value['content'], { kind: 'quantized' }>,
    order: Order,
  ): string {
    if (tensor.type.includes('16')) this.require(21, `${tensor.type} weights`);
    const dims = scale.length > 1 ? [scale.length] : [];
    const zeros = zeroPoint.some((point) => point !== 0)
      ? [this.hold(this.numbers(zeroPoint, tensor.type, dims))]
      : [];
    const place = placesOf(order, tensor.dims.length).indexOf(axis);
    const inputs = [
      this.#initializer(permuteTensor(tensor, order)),
      this.floats(scale, dims),
      ...zeros,
    ];
    return this.node('DequantizeLinear', inputs, scale.length > 1 ? { axis: place } : {})[0] ?? '';
  }

  #initializer(tensor: StoredTensor): string {
    const { initializers } = this.#root;
    // What is small and equal is stored once: axes, epsilons, zero points.
    if (tensor.storage.kind === 'memory' && tensor.storage.bytes.length <= 64) {
      const content = Buffer.from(tensor.storage.bytes).toString('latin1');
      return this.#shared(`${tensor.type} ${tensor.dims} ${content}`, () => tensor, tensor.name);
    }
    const name = this.fresh(tensor.name || `${this.#scope || 'constant'}/value`);
    initializers.set(name, { ...tensor, name });
    return name;
  }

  #shared(key: string, make: () => StoredTensor, wish: string): string {
    const { constants, initializers } = this.#root;
    const known = constants.get(key);
    if (known !== undefined) return known;
    const name = this.fresh(wish || 'constant');
    initializers.set(name, { ...make(), name });
    constants.set(key, name);
    return name;
  }
}

/** The tensor with its axes in `order`; large ones are moved when they are written. */
export function permuteTensor(tensor: StoredTensor, order: Order): StoredTensor {
  if (!plainOrder(order) || !order) return tensor;
  const { name, type, dims } = tensor;
  const { bits } = ELEMENT_TYPES[type];
  if (bits !== 8 && bits !== 16 && bits !== 32 && bits !== 64)
    throw new DefectError(`a tensor of ${type} cannot be put in another order`);
  const width = (bits / 8) as 1 | 2 | 4 | 8;
  const moved = inOrder(dims, order);
  if (elementCount(tensor) * width <= EAGER_BYTES) {
    const bytes = lookAtRaw(tensor, (raw) => permuteBytes(raw, dims, order, width));
    return rawTensor(name, type, moved, bytes);
  }
  return filledTensor(name, type, moved, (target) =>
    lookAtRaw(tensor, (raw) => permuteInto(target, raw, dims, order, width)),
  );
}

/** Bare numbers become ints: a file may have given others. */
function checkAttributes(attributes: AttributeInputs): void {
  for (const [name, value] of Object.entries(attributes)) {
    const numbers = Array.isArray(value) ? value : [value];
    if (numbers.some((item) => typeof item === 'number' && !Number.isSafeInteger(item)))
      throw new Unconvertible(
        `its ${name} would be [${numbers}], and only whole numbers fit there`,
      );
  }
}
