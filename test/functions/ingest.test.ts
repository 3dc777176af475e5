import { expect, test } from 'vitest';
import { handler } from '../../functions/ingest.ts';
import { withCloud } from './_cloud.ts';
import { withMachines } from './_machines.ts';
import { queueEvent } from './_queue-event.ts';

withCloud();
const machines = withMachines();

test('a message of the queue starts the machine that gathers', async () => {
  const body = JSON.stringify({
    'detail-type': 'Object Created',
    time: '2026-11-28T20:00:00Z',
    detail: { bucket: { name: 'inbox' }, object: { key: 'a.onnx', sequencer: '1' } },
  });
  expect(await handler(queueEvent([body]))).toEqual({ batchItemFailures: [] });
  expect(machines.inputs('gather')).toEqual([
    { key: 'a.onnx', time: '2026-11-28T20:00:00Z', seconds: 1 },
  ]);
});
