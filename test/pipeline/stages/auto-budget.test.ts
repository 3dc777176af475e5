import { expect, test } from 'vitest';
import { AutoBudget } from '../../../shared/pipeline/stages/auto-budget.ts';

test('time counts while it is spent, and only then', async () => {
  let ms = 0;
  const budget = new AutoBudget(10, () => ms);
  ms = 50_000;
  expect(budget.spent).toBe(0);
  await budget.spend(async () => {
    ms += 4000;
    expect(budget.spent).toBe(4);
    expect(budget.allows(5)).toBe(true);
    expect(budget.allows(6)).toBe(false);
  });
  ms += 90_000;
  expect(budget.spent).toBe(4);
  const failing = budget.spend(async () => {
    ms += 6000;
    throw new Error('failed');
  });
  await expect(failing).rejects.toThrow('failed');
  expect(budget.spent).toBe(10);
  expect(budget.allows()).toBe(false);
});
