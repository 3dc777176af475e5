import { describe, expect, it } from 'vitest';
import { parseModel } from '../../shared/onnx/text.ts';
import {
  doubleValues,
  isFloat,
  SMALL_ELEMENTS,
  scalarValue,
  smallInts,
} from '../../shared/rewrite/constants.ts';

/** The tensor that the text form of an initializer makes. */
function tensor(text: string) {
  const { graph } = parseModel(
    `<ir_version: 10, opset_import: ["": 21]> g () => (k) <${text}> { }`,
  );
  const found = graph.initializers.get('k');
  if (!found) throw new Error('no initializer');
  return found;
}

describe('doubleValues', () => {
  it.each([
    ['float[2] k = {0.5, -1}', [0.5, -1]],
    ['double[1] k = {0.1}', [0.1]],
    ['float16[1] k = {0.5}', [0.5]],
    ['bfloat16[1] k = {-2}', [-2]],
    ['int8[2] k = {-128, 127}', [-128, 127]],
    ['bool[2] k = {1, 0}', [1, 0]],
    ['int4[3] k = {-8, 7, 1}', [-8, 7, 1]],
    ['uint64[1] k = {7}', [7]],
  ])('%s', (text, values) => {
    expect(Array.from(doubleValues(tensor(text)) ?? [])).toEqual(values);
  });

  it('knows none of texts and complex numbers', () => {
    expect(doubleValues(tensor('string[1] k = {"a"}'))).toBeUndefined();
  });
});

it('takes the ends of int64 for the largest safe integers', () => {
  const ends = tensor('int64[2] k = {9223372036854775807, -9223372036854775808}');
  expect(smallInts(ends)).toEqual([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]);
});

it('reads the value of one element, whatever the rank', () => {
  expect(scalarValue(tensor('float[1,1] k = {3}'))).toBe(3);
  expect(scalarValue(tensor('float[2] k = {3, 3}'))).toBeUndefined();
});

it('takes small integer tensors for lists, and no others', () => {
  expect(smallInts(tensor('int32[2] k = {0, -1}'))).toEqual([0, -1]);
  expect(smallInts(tensor('float[1] k = {1}'))).toBeUndefined();
  expect(smallInts(undefined)).toBeUndefined();
  const many = { ...tensor('int64[1] k = {1}'), dims: [SMALL_ELEMENTS + 1] };
  expect(smallInts(many)).toBeUndefined();
});

it('tells real types', () => {
  expect(['float32', 'float16', 'bfloat16', 'float64'].every(isFloat)).toBe(true);
  expect(['int8', 'float8e4m3fn', 'string', 'complex64'].some(isFloat)).toBe(false);
});
