/** What an entry of the op table is. */
import type { Builder } from '../build/builder.ts';
import { Unconvertible } from '../build/unconvertible.ts';
import { Value } from '../build/value.ts';
import type { TensorList } from './control-flow/list-value.ts';
import type { TfFunction, TfNode } from './tf-graph.ts';

/** A lookup table from integers, or from text, with constant entries. */
export class LookupTable {
  readonly kind = 'lookup-table';
  readonly keys: Value;
  readonly values: Value;

  constructor(keys: Value, values: Value) {
    this.keys = keys;
    this.values = values;
  }
}

/** Complex numbers, which ONNX has no operators for: both parts, of one shape. */
export class ComplexTensor {
  readonly kind = 'complex';
  readonly real: Value;
  readonly imaginary: Value;

  constructor(real: Value, imaginary: Value) {
    this.real = real;
    this.imaginary = imaginary;
  }
}

/** What flows between TensorFlow nodes. A variable is the value that it holds. */
export type TfValue = Value | TensorList | LookupTable | ComplexTensor;

/** What an op may use besides its inputs. */
export interface TfContext {
  readonly b: Builder;
  readonly node: TfNode;
  /** Bodies that nodes call, by name. */
  readonly functions: ReadonlyMap<string, TfFunction>;
  /**
   * Converts the body of a function in `b` (by default the graph of the node itself) and gives its results,
   * or those of the `wanted` tensors in it. Inputs that these do not need may be left open.
   * @throws Unconvertible for a function that is not there or calls itself
   */
  readonly call: (
    name: string,
    inputs: readonly (TfValue | undefined)[],
    b?: Builder,
    wanted?: readonly string[],
  ) => readonly TfValue[];
}

/** One value, or one for each output; `undefined` for an output that has no ONNX form, refused where it is read. */
type Made = Value | readonly (Value | undefined)[];

/** An op over tensors: the usual kind. */
export type TfOp = (inputs: readonly Value[], context: TfContext) => Made;

/** An op over lists, tables and functions as well. */
export type TfStructuralOp = (
  inputs: readonly TfValue[],
  context: TfContext,
) => TfValue | readonly TfValue[];

export type TfOpTable = Readonly<Record<string, TfOp>>;
export type TfStructuralOpTable = Readonly<Record<string, TfStructuralOp>>;

/** Whether it is a tensor. */
export const isValue = (value: TfValue | undefined): value is Value => value instanceof Value;

/** An op of one input. */
export const one =
  (convert: (b: Builder, x: Value, node: TfNode) => Made): TfOp =>
  (inputs, { b, node }) =>
    convert(b, input(inputs, 0), node);

/** An op of two inputs. */
export const two =
  (convert: (b: Builder, x: Value, y: Value, node: TfNode) => Made): TfOp =>
  (inputs, { b, node }) =>
    convert(b, input(inputs, 0), input(inputs, 1), node);

/** An op of three inputs. */
export const three =
  (convert: (b: Builder, x: Value, y: Value, z: Value, node: TfNode) => Made): TfOp =>
  (inputs, { b, node }) =>
    convert(b, input(inputs, 0), input(inputs, 1), input(inputs, 2), node);

/** An op of any number of inputs. */
export const many =
  (convert: (b: Builder, inputs: readonly Value[], node: TfNode) => Made): TfOp =>
  (inputs, { b, node }) =>
    convert(b, inputs, node);

/** An input that must be there. @throws Unconvertible when it is not */
export function input(inputs: readonly Value[], index: number): Value {
  const value = inputs[index];
  if (value) return value;
  throw new Unconvertible(`it has no input ${index}`);
}

/** The numbers of an input that must be constant: axes, sizes, paddings. @throws Unconvertible when it is computed */
export function numbersOf(value: Value, what: string): readonly number[] {
  if (value.numbers) return value.numbers;
  throw new Unconvertible(`its ${what} is computed while the model runs`);
}

/** The one number of an input that must be constant: an axis, given as a scalar or a vector `[1]`. @throws Unconvertible likewise */
export function numberOf(value: Value, what: string): number {
  const [number, ...more] = numbersOf(value, what);
  if (number !== undefined && more.length === 0) return number;
  throw new Unconvertible(`its ${what} is no single number`);
}

/** Height and width that an input must give as constants. @throws Unconvertible likewise, and for such as no image has */
export function sidesOf(value: Value, what: string): readonly [height: number, width: number] {
  const [height, width, ...more] = numbersOf(value, what);
  const isSide = (side: number | undefined): side is number =>
    Number.isInteger(side) && Number(side) >= 1;
  if (isSide(height) && isSide(width) && more.length === 0) return [height, width];
  throw new Unconvertible(`its ${what} is no height and width`);
}
