import { expect, it } from 'vitest';
import { ELEMENT_TYPES, elementTypeOf, rawByteLength } from '../../shared/onnx/element-type.ts';

it('knows the 28 types of IR 14 by their wire codes, each once', () => {
  const codes: number[] = Object.values(ELEMENT_TYPES).map(({ code }) => code);
  expect(codes.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 28 }, (_, i) => i + 1));
  expect([1, 22, 0, 29].map(elementTypeOf)).toEqual(['float32', 'int4', undefined, undefined]);
});

it('pads the last byte of packed types', () => {
  const lengths = [
    rawByteLength('int4', 3),
    rawByteLength('uint2', 5),
    rawByteLength('complex128', 2),
    rawByteLength('float6e2m3', 5),
  ];
  expect(lengths).toEqual([2, 2, 32, 4]);
});
