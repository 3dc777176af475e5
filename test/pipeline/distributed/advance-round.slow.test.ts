import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { advanceRound, finishedRun } from '../../../shared/pipeline/distributed/advance-round.ts';
import { ExecutionKeys } from '../../../shared/pipeline/distributed/execution.ts';
import type { Shard } from '../../../shared/pipeline/distributed/order.ts';
import { resolveJob } from '../../../shared/pipeline/job.ts';
import { optimizeModel } from '../../../shared/pipeline/optimize.ts';
import { type Build, isDone } from '../../../shared/pipeline/stages/model-work.ts';
import { endlessModel } from '../endless-model.ts';
import { digitsJob, inlineContext } from '../inline-context.ts';
import { executionOf, localSite, orderAt, runRounds, work, workHere } from './_site.ts';

const job = digitsJob({
  variants: ['int8-weights', 'float16'],
  data: { all: { path: 'test.npz' } },
});

const digests = (builds: readonly Build[]) =>
  builds.map((build) => [build.variant, isDone(build) && build.result.value.artifact.digest]);

describe('rounds of shards', () => {
  const site = localSite();
  const keys = new ExecutionKeys('first');

  it('give the bytes that one machine gives, side by side where they can', async () => {
    const { round, steps } = await runRounds(await executionOf(job), 'first', site);
    expect(steps).toEqual([
      ['prepare'],
      ['split'],
      // One that does not end would show here.
      ['score', 'compress', 'compress'],
      ['score', 'score', 'memory', 'memory', 'memory'],
      // Float32 against itself, and both others, whose scores are the same.
      ['judge', 'judge'],
    ]);
    const { run } = await finishedRun(await executionOf(job), keys, round, site);
    const local = await optimizeModel(
      job,
      inlineContext({ runtime: site.runtime, measuresLatency: false }),
    );
    expect(digests(run.builds)).toEqual(digests(local.builds));
    const { variants } = run.draft(new Map());
    expect(variants.map(({ accuracy }) => accuracy?.samples)).toEqual([210, 210, 210]);
  });

  it('know everything the next time', async () => {
    const { round, steps } = await runRounds(await executionOf(job), 'second', site);
    expect({ round, steps }).toEqual({ round: 0, steps: [] });
  });

  it('a turn taken twice, at once or later, is one turn', async () => {
    const execution = await executionOf(job);
    const [one, two] = await Promise.all([
      advanceRound(execution, keys, 0, site),
      advanceRound(execution, keys, 0, site),
    ]);
    expect(one).toEqual(two);
    expect(one).toMatchObject({ next: 'run', shards: [{ lane: 'work' }] });
  });
});

/** Runs the job with a worker that does something else for one step. */
async function withWorker(step: string, worker: (shard: Shard) => Promise<void>) {
  const site = localSite();
  const execution = await executionOf(job);
  const { round } = await runRounds(execution, 'x', site, async (shard) =>
    orderAt(shard.order).step === step ? worker(shard) : workHere(shard),
  );
  return (await finishedRun(execution, new ExecutionKeys('x'), round, site)).run;
}

const reasons = (builds: readonly Build[]) =>
  builds.map(({ result }) => (result.status === 'done' ? 'done' : result.reason));

describe('what goes wrong in one shard', () => {
  it('is a row where a worker left nothing', async () => {
    const { builds } = await withWorker('compress', async (shard) => {
      if (JSON.stringify(orderAt(shard.order).input).includes('float16')) return;
      await workHere(shard);
    });
    expect(reasons(builds)).toEqual(['done', 'done', expect.stringContaining('left no result')]);
  });

  it.each([
    ['no result at all', () => 'not json', 'left no result'],
    ['another key', (result) => ({ ...result, key: 'other' }), 'is of another step'],
    ['another form', (result) => ({ ...result, output: { status: 'done' } }), 'has not the form'],
    ['bytes that are not there', (result) => ({ ...result, blobs: [] }), 'did not upload'],
  ] satisfies [string, (result: Record<string, unknown>) => unknown, string][])(
    'is not believed: %s',
    async (_what, change, said) => {
      const { builds } = await withWorker('compress', async (shard) => {
        await workHere(shard);
        const { result } = orderAt(shard.order).upload;
        const changed = change(JSON.parse(readFileSync(result, 'utf8')));
        writeFileSync(result, typeof changed === 'string' ? changed : JSON.stringify(changed));
      });
      expect(reasons(builds)).toEqual([
        'done',
        expect.stringContaining(said),
        expect.stringContaining(said),
      ]);
    },
  );

  it('other bytes than the digest says never come into the store', async () => {
    const { builds } = await withWorker('compress', async (shard) => {
      await workHere(shard);
      writeFileSync(orderAt(shard.order).upload.blobs[0] ?? '', 'other bytes');
    });
    expect(reasons(builds).filter((one) => one.includes('is not sha256:'))).toHaveLength(2);
  });

  it('is the end where the model itself cannot be read', async () => {
    await expect(
      withWorker('prepare', async (shard) => {
        const { key, upload } = orderAt(shard.order);
        const error = { kind: 'ModelError', message: 'broken', stack: '' };
        writeFileSync(
          upload.result,
          JSON.stringify({ schema: 'fettle.result/1', key, status: 'failed', error }),
        );
      }),
    ).rejects.toMatchObject({ name: 'ModelError', message: 'broken' });
  });
});

it('a model that never ends costs each worker its time, and then the job, without any time-out of its own', async () => {
  const lane = { memoryMb: 3538, seconds: 24 };
  const site = localSite({ lanes: { work: lane, measure: lane } });
  const folder = makeTempDir('test');
  writeFileSync(join(folder, 'endless.onnx'), endlessModel());
  const endless = resolveJob({
    source: 'endless.onnx',
    folder,
    settings: { variants: ['int8-weights'] },
    where: (key) => key,
  });
  const steps: string[] = [];
  const counting = async (shard: Shard): Promise<void> => {
    steps.push(orderAt(shard.order).step);
    await work(shard);
  };
  await expect(runRounds(await executionOf(endless), 'x', site, counting)).rejects.toMatchObject({
    name: 'TimeLimitError',
    exitCode: 4,
    message: 'the time ran out while running the model over the samples: the limit is 20 s',
  });
  // Nothing was measured, or built, of what cannot be run.
  expect(steps.toSorted()).toEqual(['compress', 'prepare', 'probe-shapes', 'score', 'split']);
});

it('a round whose record is gone is not taken for the first', async () => {
  const site = localSite();
  const keys = new ExecutionKeys('x');
  const execution = await executionOf(job);
  await advanceRound(execution, keys, 0, site);
  rmSync(join(site.outbox, keys.round(0)));
  await expect(advanceRound(execution, keys, 1, site)).rejects.toThrow('before round 0');
});
