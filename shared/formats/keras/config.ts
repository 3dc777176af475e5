/** Values of a layer's configuration, each read as what it must be. */
import { isFixed } from '../build/dims.ts';
import { Unconvertible } from '../build/unconvertible.ts';
import type { Value } from '../build/value.ts';
import type { Json, JsonObject, LayerCall } from './layer.ts';

/** Whether it is a dictionary. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether it is a list. */
export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** A number, or `fallback` where the key is absent or null. @throws Unconvertible for anything else */
export function numberOf(config: JsonObject, key: string, fallback?: number): number {
  const value = config[key] ?? fallback;
  if (typeof value === 'number') return value;
  // Numbers of NumPy arrays are written as dictionaries by some versions.
  if (isObject(value) && typeof value.value === 'number') return value.value;
  throw new Unconvertible(`its "${key}" is ${describe(value)}, not a number`);
}

/** A yes or no. @throws Unconvertible for anything else */
export function flagOf(config: JsonObject, key: string, fallback: boolean): boolean {
  const value = config[key] ?? fallback;
  if (typeof value === 'boolean') return value;
  if (value === 0 || value === 1) return value === 1;
  throw new Unconvertible(`its "${key}" is ${describe(value)}, not true or false`);
}

/** A text. @throws Unconvertible for anything else */
export function textOf(config: JsonObject, key: string, fallback?: string): string {
  const value = config[key] ?? fallback;
  if (typeof value === 'string') return value;
  throw new Unconvertible(`its "${key}" is ${describe(value)}, not a text`);
}

/** `count` whole numbers from a list, or from one number that stands for each. */
export function sizesOf(
  config: JsonObject,
  key: string,
  count: number,
  fallback?: readonly number[] | number,
): readonly number[] {
  const value = config[key] ?? fallback;
  const list = typeof value === 'number' ? Array.from({ length: count }, () => value) : value;
  if (Array.isArray(list) && list.length === count && list.every(Number.isSafeInteger))
    return list as readonly number[];
  throw new Unconvertible(`its "${key}" is ${describe(value)}, not ${count} whole numbers`);
}

/** Axes: one number or a list. */
export function axesOf(config: JsonObject, key: string, fallback: number): readonly number[] {
  const value = config[key] ?? fallback;
  const list = isList(value) ? value : [value];
  if (list.every((axis) => Number.isSafeInteger(axis))) return list as readonly number[];
  throw new Unconvertible(`its "${key}" is ${describe(value)}, not an axis or a list of them`);
}

/** A value as it is shown in a message. */
export function describe(value: unknown): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Whether the layer has its channels behind the batch. The default of Keras is `channels_last`. */
export const isChannelsFirst = ({ data_format }: JsonObject): boolean =>
  data_format === 'channels_first';

/** The first input. @throws Unconvertible when the layer was called without one */
export function inputOf({ inputs }: LayerCall, index = 0): Value {
  const value = inputs[index];
  if (value) return value;
  throw new Unconvertible(`it is called without ${index === 0 ? 'an input' : `input ${index}`}`);
}

/** The input of a layer over windows: the batch, `spatial` axes and the channels. @throws Unconvertible when it has another rank */
export function spatialInputOf(call: LayerCall, spatial: number): Value {
  const x = inputOf(call);
  if (x.rank === spatial + 2) return x;
  throw new Unconvertible(`its input has ${x.rank} axes, and not ${spatial + 2}`);
}

/** The first variables of a layer, which must be there. @throws Unconvertible when the file has fewer */
export function weightsOf(
  { weights }: Pick<LayerCall, 'weights'>,
  count: number,
): readonly Value[] {
  // Not asked for when there are none: a layer without variables has no place in the file.
  const own = count === 0 ? [] : weights.own;
  if (own.length >= count) return own.slice(0, count);
  throw new Unconvertible(`it has ${count} variables, and the file holds ${own.length} of them`);
}

/** The size of an axis that must be known. @throws Unconvertible when it is free */
export function fixedSize(x: Value, axis: number): number {
  const size = x.sizes.at(axis);
  if (isFixed(size)) return size;
  throw new Unconvertible(`it needs a fixed size along axis ${axis}, and the model leaves it free`);
}
