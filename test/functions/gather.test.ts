import { expect, test } from 'vitest';
import { handler } from '../../functions/gather.ts';
import { withCloud } from './_cloud.ts';
import { withMachines } from './_machines.ts';

withCloud();
const machines = withMachines();

test('a look at an empty prefix is done', async () => {
  const state = { key: 'a/b.onnx', time: '2026-11-28T20:00:00Z', seconds: 1 };
  const context = JSON.parse('{}');
  context.getRemainingTimeInMillis = () => 60_000;
  expect(await handler(state, context)).toEqual({ ...state, next: 'done', seconds: 0 });
  expect(machines.inputs('optimize')).toEqual([]);
});
