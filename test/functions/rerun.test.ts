import { expect, test } from 'vitest';
import { handler } from '../../functions/rerun.ts';
import { withCloud } from './_cloud.ts';
import { withMachines } from './_machines.ts';

withCloud();
const machines = withMachines();

test('nothing published, nothing to do', async () => {
  const context = JSON.parse('{ "awsRequestId": "1" }');
  context.getRemainingTimeInMillis = () => 60_000;
  expect(await handler({ reason: 'requested' }, context)).toEqual({
    rerun: { reason: 'requested', looked: 0, started: 0 },
    seconds: 0,
    next: 'done',
  });
  expect(machines.inputs('gather')).toEqual([]);
});
