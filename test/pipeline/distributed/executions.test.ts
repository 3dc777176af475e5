import { expect, test } from 'vitest';
import { Slots } from '../../../shared/pipeline/distributed/executions.ts';
import { TestExecutions } from './_executions.ts';

test('as many as are free, counted once', async () => {
  const executions = new TestExecutions();
  await executions.start('a', {});
  const slots = new Slots(executions, 3);
  expect(executions.counts).toBe(0);
  const taken = await Promise.all(Array.from({ length: 5 }, () => slots.take()));
  expect(taken.filter(Boolean)).toHaveLength(2);
  slots.release();
  expect([await slots.take(), await slots.take()]).toEqual([true, false]);
  expect(executions.counts).toBe(1);
});

test('none where as many run, or more', async () => {
  const executions = new TestExecutions();
  for (const name of ['a', 'b', 'c']) await executions.start(name, {});
  expect(await new Slots(executions, 3).take()).toBe(false);
  executions.finish();
  expect(await new Slots(executions, 3).take()).toBe(true);
});
