import { expect, it } from 'vitest';
import { publishJob } from '../../../functions/publish/publish-job.ts';
import { requested, withCloud } from '../_cloud.ts';

// A job that is done: test/functions/whole-job.slow.test.ts.
const cloud = withCloud();

it('a job that failed before anything was known ends with error.json and one event', async () => {
  const input = await requested(cloud(), { 'm.onnx': 'no model' }, { name: 'm' });
  const error = { Error: 'States.Timeout', Cause: 'a week' };
  const event = { action: 'fail', execution: 'e', ...input, error };
  const failed = await publishJob(event);
  expect(failed).toMatchObject({
    name: 'm',
    reason: 'upload',
    report: expect.stringMatching(/^models\/m\/runs\/unread-[0-9a-f]{12}\/error\.json$/),
  });
  expect(cloud().events).toEqual([
    {
      type: 'Optimization Failed',
      detail: { ...(failed as object), verdict: 'failed', recommended: null },
    },
  ]);
  // The machine did not hear the answer: told again, nothing is another.
  expect(await publishJob(event)).toEqual(failed);
  expect(cloud().events).toHaveLength(2);
});

it('nothing is published of what nobody began', async () => {
  const input = await requested(cloud(), { 'n.onnx': 'no model' }, { name: 'n' });
  const event = { action: 'publish', execution: 'never', ...input };
  await expect(publishJob(event)).rejects.toThrow('nothing is known of the execution never');
  await expect(publishJob({ ...event, request: 'jobs/none.json' })).rejects.toThrow('there is no');
});
