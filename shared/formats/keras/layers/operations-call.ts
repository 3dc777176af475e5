/** The arguments of an operation node (`keras.ops.…` in a functional model), and the types of its result. */
import type { ElementType } from '../../../onnx/element-type.ts';
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import { Value } from '../../build/value.ts';
import { describe } from '../config.ts';
import type { Argument, Json, LayerCall, LayerTable } from '../layer.ts';
import { elementTypeOf, type Operand, promoted } from './operations-types.ts';

/** How deep lists of a constant may nest: arrays have no more axes (CWE-674). */
const MAX_DEPTH = 32;

/** One use of an operation. What it was made with stands in its configuration, tensors in its arguments. */
export class OperationCall {
  readonly call: LayerCall;
  readonly b: Builder;

  constructor(call: LayerCall) {
    this.call = call;
    this.b = call.b;
  }

  /** By place, by name, or from what the operation was made with; `undefined` when absent or None. */
  argument(name: string, place?: number): Argument | undefined {
    const { args, keywords, config } = this.call;
    const given = place === undefined ? undefined : args[place];
    return given ?? keywords[name] ?? config[name] ?? undefined;
  }

  /** A tensor, where it is given. Numbers and lists become constants. */
  maybe(name: string, place?: number): Value | undefined {
    const argument = this.argument(name, place);
    return argument === undefined ? undefined : operandOf(this.b, argument, name).value;
  }

  /** A tensor. @throws Unconvertible when it is not given */
  tensor(name: string, place?: number): Value {
    const value = this.maybe(name, place);
    if (value) return value;
    throw new Unconvertible(`it is called without "${name}"`);
  }

  /** A tensor that the operation computes with as floating point. */
  float(name: string, place?: number): Value {
    return asFloat(this.b, this.tensor(name, place));
  }

  /** Several operands as tensors of one type, by the rules of Keras; numbers take the type of tensors. */
  common(names: readonly string[], start = 0): Value[] {
    const operands = names.map((name, at) => {
      const argument = this.argument(name, start + at);
      if (argument === undefined) throw new Unconvertible(`it is called without "${name}"`);
      return operandOf(this.b, argument, name);
    });
    return this.unify(operands);
  }

  /** The same for a list of tensors. */
  list(name: string, place = 0): Value[] {
    const argument = this.argument(name, place);
    if (argument instanceof Value) return [argument];
    if (!Array.isArray(argument)) throw new Unconvertible(`its "${name}" is no list of tensors`);
    return this.unify(argument.map((item: Argument) => operandOf(this.b, item, name)));
  }

  unify(operands: readonly Operand[]): Value[] {
    const type = promoted(operands);
    return operands.map(({ value }) => cast(this.b, value, type));
  }

  /** @throws Unconvertible for anything but a number */
  number(name: string, fallback?: number, place?: number): number {
    const value = this.argument(name, place) ?? fallback;
    if (typeof value === 'number') return value;
    const [only, ...more] = value instanceof Value ? (value.numbers ?? []) : [];
    if (only !== undefined && more.length === 0) return only;
    throw new Unconvertible(`its "${name}" is ${shown(value)}, not a number`);
  }

  flag(name: string, fallback = false): boolean {
    const value = this.argument(name) ?? fallback;
    return value === true || value === 1;
  }

  /** @throws Unconvertible for anything but a text */
  text(name: string, fallback?: string): string {
    const value = this.argument(name) ?? fallback;
    if (typeof value === 'string') return value;
    throw new Unconvertible(`its "${name}" is ${shown(value)}, not a text`);
  }

  /** Whole numbers from a number, a list or a constant; `undefined` when absent. */
  maybeInts(name: string, place?: number): readonly number[] | undefined {
    const value = this.argument(name, place);
    if (value === undefined) return undefined;
    if (typeof value === 'number') return [value];
    const numbers = operandOf(this.b, value, name).value.numbers;
    if (numbers) return numbers;
    throw new Unconvertible(`its "${name}" is computed while the model runs`);
  }

  /** @throws Unconvertible when they are absent or computed */
  ints(name: string, place?: number): readonly number[] {
    const numbers = this.maybeInts(name, place);
    if (numbers) return numbers;
    throw new Unconvertible(`it is called without "${name}"`);
  }

  /** The type of the result where it is stated. */
  type(name: string, fallback: ElementType): ElementType {
    const value = this.argument(name);
    return value === undefined ? fallback : elementTypeOf(value);
  }
}

const shown = (value: Argument | undefined): string =>
  value instanceof Value ? 'a tensor' : describe(value);

/** An argument as a tensor. Numbers by themselves are weak: they take the type of tensors beside them. */
export function operandOf(b: Builder, argument: Argument, name: string): Operand {
  if (argument instanceof Value) return { value: argument, isWeak: false };
  if (typeof argument === 'number' || typeof argument === 'boolean') {
    const type = typeof argument === 'boolean' ? 'bool' : numberType([argument]);
    return { value: b.scalar(Number(argument), type), isWeak: true };
  }
  if (Array.isArray(argument)) {
    if (argument.some((item: Argument) => item instanceof Value))
      throw new Unconvertible(`its "${name}" mixes tensors and numbers in a list`);
    const { values, dims, isBool } = flattened(argument as readonly Json[], name);
    return { value: b.numbers(values, isBool ? 'bool' : numberType(values), dims), isWeak: false };
  }
  if (typeof argument === 'object' && argument !== null && 'class_name' in argument)
    return { value: constantOf(b, argument.config, name), isWeak: false };
  throw new Unconvertible(`its "${name}" is ${shown(argument)}, not a tensor`);
}

/** `__tensor__` and `__numpy__`: nested lists and their type. */
function constantOf(b: Builder, config: Argument | undefined, name: string): Value {
  const parts = config as { readonly value?: Json; readonly dtype?: Json } | null | undefined;
  if (parts?.value === undefined || parts.value === null)
    throw new Unconvertible(`its "${name}" is no constant`);
  const { values, dims } = flattened(parts.value, name);
  return b.numbers(values, elementTypeOf(parts.dtype ?? 'float32'), dims);
}

const numberType = (values: readonly number[]): ElementType =>
  values.every(Number.isInteger) ? 'int32' : 'float32';

/** Elements in row-major order and sizes of nested lists. @throws Unconvertible when the lists differ in length */
function flattened(
  nested: Json,
  name: string,
): { readonly values: number[]; readonly dims: number[]; readonly isBool: boolean } {
  const dims: number[] = [];
  for (let level: Json | undefined = nested; Array.isArray(level); level = level[0] as Json) {
    dims.push(level.length);
    if (dims.length > MAX_DEPTH) throw new Unconvertible(`its "${name}" has too many axes`);
  }
  let items: readonly Json[] = [nested];
  for (const size of dims)
    items = items.flatMap((row): readonly Json[] => {
      if (Array.isArray(row) && row.length === size) return row;
      throw new Unconvertible(`its "${name}" has rows of different lengths`);
    });
  const values = items.map((item) => {
    if (typeof item === 'number') return item;
    if (typeof item === 'boolean') return Number(item);
    throw new Unconvertible(`its "${name}" holds ${describe(item)}, not a number`);
  });
  return { values, dims, isBool: items.length > 0 && items.every((i) => typeof i === 'boolean') };
}

/** What Keras casts to before it computes roots, logarithms and the like. */
export const asFloat = (b: Builder, x: Value): Value =>
  x.type.includes('float') ? x : cast(b, x, 'float32');

/** Gives one value, or one for each output. */
export type Operation = (call: OperationCall) => Value | readonly Value[];

/** Operations as entries of the layer table. */
export const operations = (table: Readonly<Record<string, Operation>>): LayerTable =>
  Object.fromEntries(
    Object.entries(table).map(([name, convert]) => [
      name,
      (call: LayerCall) => {
        const made = convert(new OperationCall(call));
        return made instanceof Value ? made : { outputs: made };
      },
    ]),
  );
