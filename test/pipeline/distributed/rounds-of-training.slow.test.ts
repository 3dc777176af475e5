import { expect, test } from 'vitest';
import { finishedRun } from '../../../shared/pipeline/distributed/advance-round.ts';
import { ExecutionKeys } from '../../../shared/pipeline/distributed/execution.ts';
import { optimizeModel } from '../../../shared/pipeline/optimize.ts';
import { type Build, isDone } from '../../../shared/pipeline/stages/model-work.ts';
import { TRAINING_DATA } from '../_training-work.ts';
import { digitsJob, inlineContext } from '../inline-context.ts';
import { executionOf, localSite, runRounds, workHere } from './_site.ts';

const job = digitsJob({
  variants: ['slim-50', 'slim-50+int8-weights'],
  data: { ...TRAINING_DATA },
  train: { epochs: 3 },
});

const digests = (builds: readonly Build[]) =>
  builds.map((build) => [build.variant, isDone(build) && build.result.value.artifact.digest]);

test('every epoch is a shard behind the one before, and gives the bytes that one machine gives', async () => {
  const site = localSite();
  const execution = await executionOf(job);
  const { round, steps } = await runRounds(execution, 'trained', site, workHere);
  const epochs = steps.filter((names) => names.includes('train-epoch'));
  // Both variants end with the same network: it is trained once.
  expect(epochs.map((names) => names.filter((name) => name === 'train-epoch'))).toEqual(
    Array(3).fill(['train-epoch']),
  );
  const order = ['training-form', 'prune-plan', 'prune-apply', 'calibrate-norms', 'train-epoch'];
  const rounds = [...order, 'finish', 'compress'].map((name) =>
    steps.findIndex((names) => names.includes(name)),
  );
  expect(rounds).toEqual(rounds.toSorted((a, b) => a - b));
  const { run } = await finishedRun(execution, new ExecutionKeys('trained'), round, site);
  const local = await optimizeModel(
    job,
    inlineContext({ runtime: site.runtime, measuresLatency: false }),
  );
  expect(digests(run.builds)).toEqual(digests(local.builds));
  expect(digests(run.builds).every(([, digest]) => digest)).toBe(true);
  const { variants } = run.draft(new Map());
  expect(variants[1]?.training?.[0]?.epochs).toHaveLength(3);
});
