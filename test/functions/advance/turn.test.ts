import { describe, expect, it } from 'vitest';
import { COPIES_AT_ONCE } from '../../../functions/adapters/s3-upload.ts';
import { keptError } from '../../../functions/advance/kept-error.ts';
import { MAX_JOB_BYTES, takeTurn } from '../../../functions/advance/turn.ts';
import { digestBytes } from '../../../shared/base/digest.ts';
import { TREE_CHUNK_BYTES } from '../../../shared/base/limits.ts';
import {
  ExecutionKeys,
  readExecution,
  readResult,
} from '../../../shared/pipeline/distributed/execution.ts';
import { orderSchema } from '../../../shared/pipeline/distributed/order.ts';
import { filled, sparseNpz, sparseOnnx } from '../../pipeline/distributed/_sparse-objects.ts';
import { example, requested, withCloud } from '../_cloud.ts';

const cloud = withCloud();

it('S3 tells the digests of all that is taken in, while the function has time', () => {
  const seconds = ((MAX_JOB_BYTES / TREE_CHUNK_BYTES) * 1.5) / COPIES_AT_ONCE;
  // docs/scale.md: 13 minutes.
  expect(Math.ceil(seconds / 60)).toBe(13);
});

describe('the first turn', () => {
  it('looks at the model once, and orders what it needs; taken again it gives the same', async () => {
    const input = await requested(cloud(), { 'digits.onnx': example('digits.onnx') });
    const event = { action: 'advance', execution: 'first', ...input };
    const answer = await takeTurn(event);
    if (answer?.next !== 'inline') throw new Error(JSON.stringify(answer));
    const { shards, ...carried } = answer;
    expect(carried).toEqual({ ...input, next: 'inline' });
    const [shard] = shards;
    expect(shard?.lane).toBe('work');
    const keys = new ExecutionKeys('first');
    const found = await cloud().outbox.get(keys.order(shard?.id ?? ''));
    const order = orderSchema.parse(JSON.parse(Buffer.from(found?.bytes ?? '').toString()));
    expect(order).toMatchObject({ step: 'prepare', model: 'team/digits' });
    const job = await cloud().outbox.head(keys.job);
    const again = await takeTurn(event);
    expect(again?.next === 'inline' && again.shards.map(({ id }) => id)).toEqual([shard?.id]);
    expect(await cloud().outbox.head(keys.job)).toEqual(job);
  });

  it('reads of a large model and its data what tells what they are; S3 tells their digests', async () => {
    const files = {
      'large.onnx': filled(sparseOnnx(1, 4200)),
      'test.npz': filled(sparseNpz(4200, 4200)),
    };
    const input = await requested(cloud(), files, { name: 'large' });
    const first = cloud().requests.length;
    await takeTurn({ action: 'advance', execution: 'large', ...input });
    const execution = await readExecution(cloud().outbox, new ExecutionKeys('large'));
    const { given, data } =
      execution?.kind === 'optimize' ? execution.identified : expect.fail('no job was kept');
    expect(given.artifact.digest).toBe(digestBytes(files['large.onnx']));
    expect(data.all?.digest).toBe(digestBytes(files['test.npz']));
    const reads = cloud()
      .requests.slice(first)
      .filter(({ bucket, operation }) => bucket === 'inbox' && operation === 'GetObject');
    expect(reads.length).toBeGreaterThan(1);
    expect(reads.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(400_000);
  });

  it('keeps what is wrong with the job for whoever tells it', async () => {
    const input = await requested(cloud(), { 'broken.onnx': 'no model' }, { name: 'broken' });
    const event = { action: 'advance', execution: 'broken', ...input };
    await expect(takeTurn(event)).rejects.toMatchObject({ name: 'InputError' });
    const keys = new ExecutionKeys('broken');
    const kept = await keptError(keys, cloud().outbox, { Error: 'other' });
    expect(kept.message).toContain('broken.onnx');
  });

  it('of a request that is not there is a defect, for jobs and for comparisons', async () => {
    for (const request of ['jobs/none.json', `comparisons/${'0'.repeat(40)}/request.json`]) {
      const turn = takeTurn({
        action: 'advance',
        execution: 'none',
        request,
        name: 'm',
        attempt: 1,
        round: 0,
      });
      await expect(turn).rejects.toThrow(`there is no ${request}`);
    }
  });
});

it.each([
  ['of a function', '{"errorMessage":"signal: killed"}', 'Runtime.ExitError (signal: killed)'],
  ['of a job of Batch', 'Host EC2 terminated', 'Runtime.ExitError (Host EC2 terminated)'],
  ['that says nothing', '', 'Runtime.ExitError'],
])(
  'notes a shard that failed for the cause %s, and the first note stays',
  async (_, Cause, said) => {
    const id = `shard-${said.length}`;
    const event = {
      action: 'failed',
      execution: 'e',
      id,
      error: { Error: 'Runtime.ExitError', Cause },
    };
    expect(await takeTurn(event)).toBeNull();
    await takeTurn({ ...event, error: { Error: 'Later' } });
    const result = await readResult(cloud().outbox, new ExecutionKeys('e').failure(id));
    expect(result).toMatchObject({
      key: id,
      status: 'failed',
      error: { kind: 'LimitError', message: `the worker was stopped: ${said}` },
    });
  },
);

it('takes no other messages', async () => {
  await expect(takeTurn({ action: 'run' })).rejects.toThrow();
});
