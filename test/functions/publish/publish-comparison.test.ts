import { expect, it } from 'vitest';
import { publishJob } from '../../../functions/publish/publish-job.ts';
import { digestBytes } from '../../../shared/base/digest.ts';
import {
  type ComparisonRequest,
  comparisonRequestKey,
  readComparisonResult,
} from '../../../shared/pipeline/distributed/comparison.ts';
import { withCloud } from '../_cloud.ts';

// One that is done: test/functions/whole-comparison.slow.test.ts.
const cloud = withCloud();
const KEY = '0'.repeat(40);
const event = {
  action: 'fail',
  execution: `${KEY}-1`,
  request: comparisonRequestKey(KEY),
  name: 'm',
  attempt: 1,
  round: 0,
  error: { Error: 'States.Timeout' },
};

it('a comparison that was stopped says so to whoever asks, and no event goes out', async () => {
  await expect(publishJob(event)).rejects.toThrow('there is no comparisons/');
  const file = { path: 'm.onnx', digest: digestBytes('x'), bytes: 1 };
  const request: ComparisonRequest = {
    schema: 'fettle.comparison/1',
    name: 'm',
    base: null,
    head: { path: 'm.onnx', label: 'm.onnx', files: [file] },
    config: {},
    data: [],
    toolchain: { tool: '0', runtime: 'r', steps: 's' },
    attempt: 1,
  };
  await cloud().outbox.put(event.request, JSON.stringify(request));
  expect(await publishJob(event)).toEqual({ state: 'failed', attempt: 1 });
  expect(await readComparisonResult(cloud().outbox, KEY)).toMatchObject({
    state: 'failed',
    error: { code: 3, message: 'the job was stopped: States.Timeout' },
  });
  expect(cloud().events).toEqual([]);
  await expect(publishJob({ ...event, action: 'publish' })).rejects.toThrow('nothing is known');
});
