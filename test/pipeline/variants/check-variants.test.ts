import { expect, test } from 'vitest';
import { checkVariants } from '../../../shared/pipeline/variants/check-variants.ts';

test('names of the contract pass, others get the nearest', () => {
  checkVariants(['float16', 'int8', 'int4', 'auto', 'int8-dynamic'], '--variants');
  expect(() => checkVariants(['int9'], '--variants')).toThrow(
    expect.objectContaining({
      exitCode: 2,
      where: '--variants',
      hint: expect.stringContaining('"int8"'),
    }),
  );
  // What is trained is offered as well.
  checkVariants(['int8-qat', 'pruned-50+int8'], '--variants');
  expect(() => checkVariants(['int8-qad'], '--variants')).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('"int8-qat"') }),
  );
});
