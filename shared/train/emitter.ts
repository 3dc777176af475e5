/** Part of a graph under construction: nodes of plain ONNX ops, with the static shape of every value. */
import { DefectError } from '../base/errors.ts';
import { type AttributeInputs, makeNode } from '../onnx/make-node.ts';
import { float32Tensor, int64Tensor } from '../onnx/make-tensor.ts';
import type { Node } from '../onnx/model.ts';
import type { StoredTensor } from '../onnx/stored-tensor.ts';
import type { TakenNames } from '../onnx/taken-names.ts';

/** Sizes of a value, none of them free. */
export type Shape = readonly number[];

export interface EmitOptions {
  readonly attributes?: AttributeInputs;
  /** Of the node's outputs; 1. */
  readonly outputs?: number;
}

/** Nodes and constants that are added to a graph. */
export class Emitter {
  readonly nodes: Node[] = [];
  readonly initializers = new Map<string, StoredTensor>();
  readonly #shapes: Map<string, Shape>;
  protected readonly names: TakenNames;
  readonly #prefix: string;
  /** Names of constants of the same content. */
  readonly #constants = new Map<string, string>();

  /** `shapes`: of the values that the graph has already. Names of new ones begin with `prefix`. */
  constructor(shapes: ReadonlyMap<string, Shape>, names: TakenNames, prefix: string) {
    this.#shapes = new Map(shapes);
    this.names = names;
    this.#prefix = prefix;
  }

  /** Of all values, those of the graph too. */
  get shapes(): ReadonlyMap<string, Shape> {
    return this.#shapes;
  }

  /** @throws DefectError for a value whose rule did not tell */
  shapeOf(name: string): Shape {
    const shape = this.#shapes.get(name);
    if (!shape)
      throw new DefectError(`the shape of ${name} is not known where it is computed with`);
    return shape;
  }

  /** One node; gives the name of its first output, which has `shape`. `op` as for {@link makeNode}. */
  emit(op: string, inputs: readonly string[], shape: Shape, options: EmitOptions = {}): string {
    const [first = ''] = this.emitAll(op, inputs, [shape], options);
    return first;
  }

  /** One node with the shapes of its outputs; gives their names. */
  emitAll(
    op: string,
    inputs: readonly string[],
    shapes: readonly Shape[],
    { attributes = {}, outputs: count = shapes.length }: EmitOptions = {},
  ): string[] {
    const hint = `${this.#prefix}_${op.slice(op.lastIndexOf(':') + 1).toLowerCase()}`;
    const outputs = Array.from({ length: count }, () => this.names.fresh(hint));
    this.nodes.push(makeNode(op, inputs, outputs, attributes, outputs[0]));
    shapes.forEach((shape, index) => {
      this.#shapes.set(outputs[index] ?? '', shape);
    });
    return outputs;
  }

  /** An op of one operand whose result has the operand's shape. */
  unary(op: string, value: string): string {
    return this.emit(op, [value], this.shapeOf(value));
  }

  /** A float32 constant without axes. */
  scalar(value: number): string {
    return this.floats([], Float32Array.of(value));
  }

  /** A float32 constant. */
  floats(shape: Shape, values: Float32Array): string {
    const key = `f${shape.join('x')}:${values.length <= 64 ? values.join() : this.#constants.size}`;
    return this.#constant(key, shape, (name) => float32Tensor(name, shape, values));
  }

  /** An int64 constant of one axis: axes, sizes, pads. */
  ints(values: readonly number[]): string {
    const key = `i${values.join()}`;
    return this.#constant(key, [values.length], (name) =>
      int64Tensor(name, [values.length], values),
    );
  }

  #constant(key: string, shape: Shape, make: (name: string) => StoredTensor): string {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.names.fresh(`${this.#prefix}_constant`);
    this.initializers.set(name, make(name));
    this.#shapes.set(name, shape);
    this.#constants.set(key, name);
    return name;
  }

  /** `value` with other sizes of the same count; itself where they are equal. */
  reshape(value: string, shape: Shape): string {
    if (sameShape(this.shapeOf(value), shape)) return value;
    // Without it a 0 would stand for the size that there was.
    const attributes = shape.includes(0) ? { allowzero: 1 } : {};
    return this.emit('Reshape', [value, this.ints(shape)], shape, { attributes });
  }

  /** `value` repeated along axes of size 1, and along new ones in front. */
  expand(value: string, shape: Shape): string {
    if (sameShape(this.shapeOf(value), shape)) return value;
    return this.emit('Expand', [value, this.ints(shape)], shape);
  }

  /** The sum over `axes`, which stay with size 1. */
  sum(value: string, axes: readonly number[]): string {
    const shape = this.shapeOf(value);
    const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    if (sameShape(shape, kept)) return value;
    return this.emit('ReduceSum', [value, this.ints(axes)], kept, { attributes: { keepdims: 1 } });
  }

  /** Axis `axis` of the result is axis `order[axis]` of `value`. */
  transpose(value: string, order: readonly number[]): string {
    if (order.every((from, to) => from === to)) return value;
    const shape = this.shapeOf(value);
    const moved = order.map((from) => shape[from] ?? 1);
    return this.emit('Transpose', [value], moved, { attributes: { perm: [...order] } });
  }

  /** What flows back into an operand of size `shape` that was broadcast: the sum over what it was repeated along. */
  unbroadcast(gradient: string, shape: Shape): string {
    const wide = this.shapeOf(gradient);
    const added = wide.length - shape.length;
    const axes = wide.flatMap((size, axis) =>
      axis < added || (shape[axis - added] === 1 && size !== 1) ? [axis] : [],
    );
    return this.reshape(this.sum(gradient, axes), shape);
  }
}

/** Whether all sizes are equal. */
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/** Count of elements. */
export const countOf = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);
