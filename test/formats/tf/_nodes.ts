/** TensorFlow nodes for tests, briefly. */
import { numberTensor } from '../../../shared/formats/build/number-tensor.ts';
import type { TfAttribute, TfNode } from '../../../shared/formats/tf/tf-graph.ts';
import type { ElementType } from '../../../shared/onnx/element-type.ts';

/** An attribute of a JavaScript value: whole numbers are ints, others floats. */
function attributeOf(value: unknown): TfAttribute {
  if (typeof value === 'number')
    return Number.isInteger(value) ? { kind: 'int', value } : { kind: 'float', value };
  if (typeof value === 'string') return { kind: 'string', value };
  if (typeof value === 'boolean') return { kind: 'bool', value };
  if (Array.isArray(value)) return { kind: 'list', value: value.map(attributeOf) };
  throw new TypeError(`no attribute holds ${String(value)}`);
}

/** A node of an op. */
export const node = (
  name: string,
  op: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, unknown>> = {},
): TfNode => ({
  name,
  op,
  inputs,
  attributes: new Map(Object.entries(attributes).map(([key, value]) => [key, attributeOf(value)])),
});

/** A constant of numbers. */
export const constantNode = (
  name: string,
  type: ElementType,
  dims: readonly number[],
  values: readonly number[],
): TfNode => ({
  name,
  op: 'Const',
  inputs: [],
  attributes: new Map([['value', { kind: 'tensor', value: numberTensor(values, type, dims) }]]),
});

/** Small numbers of both signs without a pattern of short period; quarters, so that sums are exact. */
export const ramp = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => (((index * 7) % 23) - 11) / 4);
