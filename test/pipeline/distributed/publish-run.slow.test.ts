import { beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../shared/base/errors.ts';
import { finishedRun, type Site } from '../../../shared/pipeline/distributed/advance-round.ts';
import {
  ExecutionKeys,
  type OptimizeExecution,
} from '../../../shared/pipeline/distributed/execution.ts';
import {
  publishError,
  publishRun,
  runKey,
} from '../../../shared/pipeline/distributed/publish-run.ts';
import type { JobRequest } from '../../../shared/pipeline/distributed/request.ts';
import { digitsJob } from '../inline-context.ts';
import { executionOf, localSite, runRounds } from './_site.ts';

const request = (day: number): JobRequest => ({
  schema: 'fettle.request/1',
  name: 'team/digits',
  inbox: 'inbox',
  prefix: '',
  model: [],
  modelPath: 'digits.onnx',
  data: [],
  sourceVersion: `2026-01-0${day}T00:00:00.000Z`,
  reason: 'upload',
  toolchain: { tool: '0', runtime: 'r', steps: 's' },
  attempt: 1,
});

let execution: OptimizeExecution;
let site: Site;
let finished: Awaited<ReturnType<typeof finishedRun>>;

beforeAll(async () => {
  const local = localSite();
  const settings = { variants: ['int8-weights'], data: { all: { path: 'test.npz' } } };
  execution = await executionOf(digitsJob(settings));
  const { round } = await runRounds(execution, 'x', local);
  site = local;
  finished = await finishedRun(execution, new ExecutionKeys('x'), round, site);
});

const publishDay = (day: number, keep = 5) =>
  publishRun(finished, execution, site, {
    request: request(day),
    requestKey: `jobs/${String(day).repeat(40)}.json`,
    keep,
  });

const keys = async (prefix = 'models/'): Promise<string[]> => {
  const found = [];
  for await (const { key } of site.objects.list(prefix)) found.push(key);
  return found;
};

describe('a finished job', () => {
  it('is a run with the manifest, and the pointer', async () => {
    const { run, placing, verdict } = await publishDay(1);
    expect({ placing, verdict }).toEqual({ placing: 'latest', verdict: 'ok' });
    expect(run).toBe(
      runKey('team/digits', execution.identified.given.artifact.digest, '1'.repeat(40)),
    );
    expect(await keys(`${run}/`)).toEqual(
      [
        'digits.float32.onnx',
        'digits.int8-weights.onnx',
        'manifest.json',
        'report.html',
        'report.json',
      ].map((name) => `${run}/${name}`),
    );
  });

  it('published twice, at once, is one', async () => {
    const [one, two] = await Promise.all([publishDay(2), publishDay(2)]);
    expect(one).toEqual(two);
    const runs = (await keys()).filter((key) => key.endsWith('manifest.json'));
    expect(runs).toHaveLength(2);
  });

  it('keeps as many runs as are asked for', async () => {
    await publishDay(3);
    await publishDay(4, 2);
    expect((await keys()).filter((key) => key.endsWith('manifest.json'))).toHaveLength(2);
  });
});

it('an error tells code, message, place and advice', async () => {
  const error = new InputError('it is broken', { where: 'node x', hint: 'Mend it.' });
  const options = { request: request(5), requestKey: `jobs/${'5'.repeat(40)}.json` };
  const { report } = await publishError(error, site.objects, options, undefined);
  expect(report).toBe('models/team/digits/runs/unread-555555555555/error.json');
  const found = await site.objects.get(report);
  expect(JSON.parse(Buffer.from(found?.bytes ?? '').toString())).toEqual({
    code: 2,
    message: 'it is broken',
    where: 'node x',
    hint: 'Mend it.',
  });
});
