import { expect, test } from 'vitest';
import {
  MADE_PRECISIONS,
  madePrecision,
  notMade,
  OFFERED_VARIANTS,
} from '../../../shared/pipeline/variants/not-made.ts';

test('what is offered is made', () => {
  for (const variant of OFFERED_VARIANTS) expect(notMade(variant)).toBeUndefined();
  for (const precision of MADE_PRECISIONS) expect(madePrecision(precision)).toBe(precision);
});

test.each([
  'int8-qat',
  'int4-qat',
  'pruned-50',
  'pruned-50+int8',
  'sparse-2-4',
  'slim-30',
  'distilled',
])('%s is understood, and not made', (variant) => {
  expect(madePrecision(variant)).toBeUndefined();
  expect(notMade(variant)).toMatchObject({
    exitCode: 3,
    message: expect.stringContaining(`${variant} changes or trains`),
    hint: expect.stringContaining('int8-weights'),
  });
});

test('what stands for nothing is a mistake', () => {
  expect(() => notMade('int9')).toThrow(expect.objectContaining({ exitCode: 2 }));
});
