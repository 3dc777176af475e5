import { expect, it } from 'vitest';
import { Builder } from '../../../../shared/formats/build/builder.ts';
import { Unconvertible } from '../../../../shared/formats/build/unconvertible.ts';
import { negated, stacked, zeros } from '../../../../shared/formats/tflite/ops/sequence.ts';
import { floatValues } from '../../../../shared/onnx/tensor-data.ts';

it('stacks constants into one, with an axis for the direction in front', () => {
  const b = Builder.root(17);
  const parts = [b.numbers([1, 2], 'float32', [1, 2]), zeros(b, [2, 2])];
  const { constant } = stacked(b, parts);
  expect(constant?.dims).toEqual([1, 3, 2]);
  expect(constant && [...floatValues(constant)]).toEqual([1, 2, 0, 0, 0, 0]);
});

it('stacks values that are computed by a node', () => {
  const b = Builder.root(17);
  const x = b.input('x', 'float32', [2, 3]);
  expect(stacked(b, [x, zeros(b, [1, 3])]).shape).toEqual([1, 3, 3]);
});

it('refuses parts that do not fit each other', () => {
  const b = Builder.root(17);
  expect(() => stacked(b, [zeros(b, [2, 2]), zeros(b, [2, 3])])).toThrow(Unconvertible);
});

it('turns the signs of constants when they are written', () => {
  const b = Builder.root(17);
  const { constant } = negated(b, b.numbers([1, -2], 'float32'));
  expect(constant && [...floatValues(constant)]).toEqual([-1, 2]);
  expect(negated(b, b.input('x', 'float32', [2])).content.kind).toBe('named');
});
