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

test('works beside each other count once', async () => {
  let ms = 0;
  const budget = new AutoBudget(10, () => ms);
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const works = gates.map(({ promise }) => budget.spend(() => promise));
  ms = 3000;
  gates[0]?.resolve();
  await works[0];
  expect(budget.spent).toBe(3);
  ms = 5000;
  gates[1]?.resolve();
  await works[1];
  ms = 9000;
  expect(budget.spent).toBe(5);
});
