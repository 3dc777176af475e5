/** Jobs through the functions, called one after another in this process: what the state machine would do. */
import { describe, expect, it } from 'vitest';
import { takeTurn } from '../../functions/advance/turn.ts';
import { publishJob } from '../../functions/publish/publish-job.ts';
import { planSchema } from '../../shared/pipeline/plan.ts';
import { reportSchema } from '../../shared/report/schema.ts';
import { drive, example, requested, withCloud } from './_cloud.ts';

const cloud = withCloud();

const keysOf = async (prefix: string): Promise<string[]> => {
  const keys = [];
  for await (const { key } of cloud().outbox.list(prefix)) keys.push(key);
  return keys;
};

const jsonAt = async (key: string): Promise<Record<string, unknown>> => {
  const found = await cloud().outbox.get(key);
  return JSON.parse(Buffer.from(found?.bytes ?? '').toString());
};

const CONFIGURATION = `version: 1
models:
  digits:
    source: digits.keras
    data: { evaluation: test.npz, metric: top1 }
    variants: [int8-weights]
`;

describe('a model with configuration and data', () => {
  let finished: Record<string, unknown>;

  it('becomes a run, a pointer and an event', async () => {
    const input = await requested(cloud(), {
      'digits.keras': example('digits.keras'),
      'test.npz': example('test.npz'),
      'fettle.yml': CONFIGURATION,
    });
    const last = await drive(input, 'one');
    const event = { ...last, action: 'publish', execution: 'one' };
    finished = (await publishJob(event)) as typeof finished;
    const { run } = finished;
    expect(run).toMatch(/^models\/team\/digits\/runs\/[0-9a-f]{12}-[0-9a-f]{12}$/);
    expect(finished).toMatchObject({ verdict: 'ok', reason: 'upload', placing: 'latest' });
    const names = ['manifest.json', 'plan.json', 'report.html', 'report.json'];
    const artifacts = ['digits.float32.onnx', 'digits.int8-weights.onnx'];
    expect(await keysOf('models/')).toEqual([
      'models/team/digits/latest.json',
      ...[...artifacts, ...names].map((name) => `${run}/${name}`),
    ]);
    const plan = planSchema.parse(await jsonAt(`${run}/plan.json`));
    expect(await jsonAt('work/one/plan.json')).toEqual(plan);
    expect(new Set(plan.shards.map(({ aws }) => aws?.lane))).toEqual(new Set(['work', 'measure']));
    expect(plan.aws?.usd).toBeGreaterThan(0.001);
    const report = reportSchema.parse(await jsonAt(`${run}/report.json`));
    expect(report.models[0]?.variants.map(({ accuracy }) => accuracy?.value)).toEqual([
      expect.closeTo(0.98, 1),
      expect.closeTo(0.98, 1),
    ]);
    expect(report.models[0]?.source.verified).toContain('agrees within');
    expect(await jsonAt('models/team/digits/latest.json')).toMatchObject({
      run,
      verdict: 'ok',
      files: { 'int8-weights.onnx': `${run}/digits.int8-weights.onnx` },
    });
    expect(cloud().events).toEqual([{ type: 'Optimization Finished', detail: finished }]);
    // Published again, as a machine does that did not hear the answer: nothing is another.
    const before = await keysOf('models/');
    const etags = await Promise.all(before.map((key) => cloud().outbox.head(key)));
    expect(await publishJob(event)).toEqual(finished);
    expect(await Promise.all(before.map((key) => cloud().outbox.head(key)))).toEqual(etags);
  });
});

describe('a job that cannot be done', () => {
  it('ends with error.json in a run of its own, and an event', async () => {
    cloud().events.length = 0;
    const input = await requested(
      cloud(),
      { 'broken.onnx': 'no model at all' },
      { name: 'broken' },
    );
    const execution = 'two';
    await expect(drive(input, execution)).rejects.toMatchObject({ name: 'InputError' });
    const error = { Error: 'InputError', Cause: '{}' };
    await publishJob({ ...input, action: 'fail', execution, error });
    const [key = ''] = await keysOf('models/broken/');
    expect(key).toMatch(/^models\/broken\/runs\/unread-[0-9a-f]{12}\/error\.json$/);
    expect(await jsonAt(key)).toMatchObject({
      code: 2,
      message: expect.stringContaining('broken.onnx'),
    });
    expect(cloud().events).toMatchObject([
      { type: 'Optimization Failed', detail: { name: 'broken', report: key, verdict: 'failed' } },
    ]);
  });

  it('tells of a worker that was stopped, in the row or as the error', async () => {
    const input = await requested(cloud(), { 'm.onnx': example('digits.onnx') }, { name: 'm' });
    const execution = 'three';
    const stopped = drive(input, execution, ({ id }) =>
      takeTurn({
        action: 'failed',
        execution,
        id,
        error: { Error: 'Runtime.ExitError', Cause: '{"errorMessage":"signal: killed"}' },
      }),
    );
    await expect(stopped).rejects.toMatchObject({
      name: 'LimitError',
      message: expect.stringContaining('signal: killed'),
    });
  });
});
