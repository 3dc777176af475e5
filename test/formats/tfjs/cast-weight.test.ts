import { expect, test } from 'vitest';
import { numberTensor } from '../../../shared/formats/build/number-tensor.ts';
import { castWeight } from '../../../shared/formats/tfjs/cast-weight.ts';
import type { ElementType } from '../../../shared/onnx/element-type.ts';
import { storedByteLength, tensorOf } from '../../../shared/onnx/tensor-data.ts';

test.each<[ElementType, ElementType, number[], number[]]>([
  ['int32', 'int64', [-1, 2], [-1, 2]],
  ['int32', 'uint8', [255, 0], [255, 0]],
  ['int32', 'bool', [2, 0], [1, 0]],
  ['float32', 'float64', [0.5, -3], [0.5, -3]],
  ['float32', 'float32', [0.5], [0.5]],
])('%s stands for %s', (stored, declared, given, wanted) => {
  const tensor = castWeight({ ...numberTensor(given, stored), name: 'w' }, declared);
  expect(tensor).toMatchObject({ name: 'w', type: declared, dims: [given.length] });
  expect(Array.from(tensorOf(tensor).data, Number)).toEqual(wanted);
});

test('large ones are cast when they are written', () => {
  const many = Array.from({ length: 3000 }, (_, index) => index);
  const tensor = castWeight(numberTensor(many, 'int32'), 'int64');
  expect(tensor.storage.kind).toBe('computed');
  expect(storedByteLength(tensor)).toBe(24_000);
  expect(Array.from(tensorOf(tensor).data, Number)).toEqual(many);
});

test.each<[ElementType, ElementType | 'resource']>([
  ['float32', 'int32'],
  ['int32', 'resource'],
  ['int32', 'string'],
])('%s cannot stand for %s', (stored, declared) => {
  expect(() => castWeight({ ...numberTensor([1], stored), name: 'w' }, declared)).toThrow(
    `the constant 'w' is declared as ${declared} and stored as ${stored}`,
  );
});
