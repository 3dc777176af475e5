import { expect, test } from 'vitest';
import { keepsZeros, trainedRecipe } from '../../../shared/pipeline/training/recipe.ts';

test.each([
  ['slim-50', { isDistilled: false, removals: [{ kind: 'slim', percent: 50 }] }],
  ['sparse-2-4', { isDistilled: false, removals: [{ kind: 'sparse-2-4' }] }],
  [
    'slim-30+pruned-50+int8',
    {
      isDistilled: false,
      removals: [
        { kind: 'slim', percent: 30 },
        { kind: 'pruned', percent: 50 },
      ],
      precision: 'int8',
    },
  ],
  ['int4-qat', { isDistilled: false, removals: [], trainedPrecision: 'int4-qat' }],
  // Without a student the teacher loses half of its channels.
  ['distilled', { isDistilled: true, removals: [{ kind: 'slim', percent: 50 }] }],
  ['distilled+slim-70', { isDistilled: true, removals: [{ kind: 'slim', percent: 70 }] }],
])('%s', (variant, recipe) => {
  expect(trainedRecipe(variant)).toEqual(recipe);
});

test('a student that was given loses nothing', () => {
  expect(trainedRecipe('distilled', true)).toEqual({ isDistilled: true, removals: [] });
});

test.each(['float32', 'auto', 'int8', 'float16'])('%s is not trained', (variant) => {
  expect(trainedRecipe(variant)).toBeUndefined();
});

test('zeros stay where weights were pruned, and channels leave none', () => {
  expect(keepsZeros([{ kind: 'slim', percent: 50 }])).toBe(false);
  expect(keepsZeros([{ kind: 'slim', percent: 50 }, { kind: 'sparse-2-4' }])).toBe(true);
});
