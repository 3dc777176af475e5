import { expect, it } from 'vitest';
import { LimitError, ModelError } from '../../../../shared/base/errors.ts';
import { Budget } from '../../../../shared/formats/tf/proto/budget.ts';
import { MAX_HELD_BYTES } from '../../../../shared/onnx/limits.ts';

it('counts memory up to what a model may take', () => {
  const budget = new Budget('big.pb');
  budget.charge(MAX_HELD_BYTES);
  expect(() => budget.charge(1)).toThrow(ModelError);
});

it('counts repeated elements apart from memory', () => {
  const budget = new Budget('big.pb');
  budget.fill(2 ** 31);
  expect(() => budget.fill(1)).toThrow(LimitError);
  expect(() => budget.charge(1)).not.toThrow();
});

it('keeps notes on shapes when it is told to', () => {
  expect(new Budget('a').keepsShapes).toBe(false);
  expect(new Budget('a', { keepsShapes: true }).keepsShapes).toBe(true);
});
