import { expect, it } from 'vitest';
import { handler } from '../../../functions/publish.ts';
import { pointerTo } from '../../pipeline/distributed/_listing.ts';
import { requested, withCloud } from '../_cloud.ts';

const cloud = withCloud();

const stop = (status: string, name: string, input: object) => ({
  version: '0',
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states',
  detail: { name, status, input: JSON.stringify(input), output: null, error: null },
});

it.each([
  ['ABORTED', 'somebody ended its execution'],
  ['TIMED_OUT', 'took longer than any may'],
])('a job that was stopped (%s) ends with error.json and an event', async (status, why) => {
  const input = await requested(cloud(), { 'm.onnx': status }, { name: `m/${status}` });
  const told = (await handler(stop(status, 'e', input))) as { readonly report: string };
  const found = await cloud().outbox.get(told.report);
  expect(JSON.parse(Buffer.from(found?.bytes ?? []).toString())).toMatchObject({
    code: expect.any(Number),
    message: expect.stringContaining(why),
  });
  expect(cloud().events.at(-1)).toMatchObject({
    type: 'Optimization Failed',
    detail: { name: `m/${status}`, verdict: 'failed' },
  });
});

it('one that was published before it was stopped did not fail', async () => {
  const input = await requested(cloud(), { 'n.onnx': 'n' }, { name: 'n' });
  await cloud().outbox.put('models/n/latest.json', pointerTo(input.request));
  const before = cloud().events.length;
  expect(await handler(stop('ABORTED', 'e', input))).toBeNull();
  expect(cloud().events).toHaveLength(before);
});

it('another event is refused', async () => {
  const input = await requested(cloud(), { 'o.onnx': 'o' }, { name: 'o' });
  await expect(handler(stop('SUCCEEDED', 'e', input))).rejects.toThrow();
});
