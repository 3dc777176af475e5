import { it } from 'vitest';
import { caseOf, expectSame } from '../_compare.ts';

it.each([
  ['div_int', 'whole numbers are divided as whole numbers'],
  ['div', 'others are not'],
  ['add_relu', 'an activation stands behind its operator'],
  ['top_k', 'all outputs are given'],
])('%s: %s', async (name) => {
  await expectSame(caseOf(name));
});
