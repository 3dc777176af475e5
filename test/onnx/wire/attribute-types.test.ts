import { expect, it } from 'vitest';
import { ATTRIBUTE_CODES, attributeTypeOf } from '../../../shared/onnx/wire/attribute-types.ts';

it('knows the 14 types by their codes, each once', () => {
  const codes: number[] = Object.values(ATTRIBUTE_CODES);
  expect(codes.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 14 }, (_, i) => i + 1));
  expect(codes.map(attributeTypeOf)).toEqual(Object.keys(ATTRIBUTE_CODES));
  expect([0, 15].map(attributeTypeOf)).toEqual([undefined, undefined]);
});
