import { expect, test } from 'vitest';
import { comparedVariants } from '../../shared/pipeline/compared-variants.ts';

test('all are compared, auto where it ships or has a budget', () => {
  expect(comparedVariants({})).toEqual(['float16', 'int8', 'int4']);
  expect(comparedVariants({ variants: ['int8', 'auto'] })).toEqual(['int8']);
  expect(comparedVariants({ ship: 'auto', variants: ['int8', 'auto'] })).toEqual(['int8', 'auto']);
  expect(comparedVariants({ budgets: { auto: { size: '1 MB' } } })).toContain('auto');
});
