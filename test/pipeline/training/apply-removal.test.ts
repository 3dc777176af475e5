import { expect, test } from 'vitest';
import { planPruning } from '../../../shared/compress/prune/plan-pruning.ts';
import { applyRemoval } from '../../../shared/pipeline/training/apply-removal.ts';
import { smallNetwork, valuesOf, zerosIn } from '../../compress/prune/_prunable.ts';

test('plans are known by their schema', async () => {
  const model = smallNetwork();
  const plan = await planPruning(model, { pattern: { kind: 'anywhere', percent: 50 } });
  const made = await applyRemoval(model, JSON.parse(JSON.stringify(plan)));
  const zeros = ['first', 'second', 'dense'].map((name) => zerosIn(valuesOf(made, name)));
  expect(zeros.reduce((sum, count) => sum + count, 0)).toBe(plan.zeros);
});

test.each([[null], ['text'], [{}], [{ schema: 'fettle.plan/1' }]])('%j is none', async (plan) => {
  await expect(applyRemoval(smallNetwork(), plan)).rejects.toMatchObject({ exitCode: 70 });
});
