import { expect, test } from 'vitest';
import { trainedRecipe } from '../../../shared/pipeline/training/recipe.ts';
import {
  MADE_PRECISIONS,
  madePrecision,
  OFFERED_VARIANTS,
} from '../../../shared/pipeline/variants/offered.ts';

test('what is offered is made, by one of two ways', () => {
  for (const variant of OFFERED_VARIANTS) {
    if (variant === 'float32' || variant === 'auto') continue;
    expect([madePrecision(variant), trainedRecipe(variant)].filter(Boolean)).toHaveLength(1);
  }
  for (const precision of MADE_PRECISIONS) expect(madePrecision(precision)).toBe(precision);
});

test.each(['pruned-50+int8', 'slim-30', 'distilled', 'int8-qat'])(
  '%s is no precision alone',
  (variant) => {
    expect(madePrecision(variant)).toBeUndefined();
  },
);

test('what stands for nothing is a mistake', () => {
  expect(() => madePrecision('int9')).toThrow(expect.objectContaining({ exitCode: 2 }));
});
