import { expect, it } from 'vitest';
import { describePruning } from '../../../shared/compress/prune/describe-pruning.ts';
import { planPruning } from '../../../shared/compress/prune/plan-pruning.ts';
import { smallNetwork } from './_prunable.ts';

it.each([
  [{ kind: 'anywhere', percent: 90 }, '90% of 2,544 weights in 3 layers are zero'],
  [{ kind: 'anywhere', percent: 33.3 }, '33.3% of 2,544 weights in 3 layers are zero'],
  [{ kind: '2:4' }, '2 of every 4 weights in 2 layers are zero'],
] as const)('%j', async (pattern, wanted) => {
  expect(describePruning(await planPruning(smallNetwork(), { pattern }))).toBe(wanted);
});
