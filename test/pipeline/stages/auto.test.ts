import { afterAll, beforeAll, expect, test } from 'vitest';
import { searchAuto } from '../../../shared/pipeline/stages/auto.ts';
import { buildTargets, makeVariants } from '../../../shared/pipeline/stages/make.ts';
import type { Measurements } from '../../../shared/pipeline/stages/measure.ts';
import { isDone } from '../../../shared/pipeline/stages/model-work.ts';
import { autoSchema } from '../../../shared/report/schema.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { type DigitsWork, digitsWork } from '../digits-work.ts';
import { DIGITS_DATA } from '../inline-context.ts';

let work: DigitsWork;
beforeAll(async () => {
  work = await digitsWork({ data: { ...DIGITS_DATA }, variants: ['int4', 'auto'] });
});
afterAll(closeSharedProcess);

/** As if timed: every variant at this ratio to float32, without noise. */
function timed(builds: Awaited<ReturnType<typeof buildTargets>>, ratio: number): Measurements {
  const samples = (ms: number) => ({
    logRatios: Array(6).fill(Math.log(ms)),
    sessionMs: Array(6).fill(ms),
    ms,
    p90Ms: ms,
    p99Ms: ms,
    loadMs: 1,
    sessions: 6,
    runs: 120,
    threads: 1,
    shapes: {},
    looks: 1,
    short: false,
  });
  return new Map(
    builds
      .filter(isDone)
      .map(({ result }) => [
        result.value.artifact.digest,
        { notes: [], latency: { status: 'done', base: samples(1), variant: samples(ratio) } },
      ]),
  );
}

test('a row of its own with the best, and why it is not recommended', async () => {
  const made = await makeVariants(work);
  expect(made.map(({ variant, isRow }) => `${variant}${isRow ? '' : ' (auto)'}`)).toEqual([
    'float32',
    'int4',
    'int8-dynamic (auto)',
    'int8-weights (auto)',
  ]);
  const builds = await buildTargets(work, made);
  const faster = await searchAuto(work, made, builds, timed(builds, 0.5));
  expect(autoSchema.parse(faster?.search)).toEqual(faster?.search);
  expect(faster?.builds).toHaveLength(1);
  // 128 selection samples cannot show half a point.
  expect(faster?.recommended).toBe('float32');
  expect(faster?.search.reason).toMatch(/128 selection samples cannot show/);
  const [row] = faster?.builds ?? [];
  expect(row).toMatchObject({
    variant: 'auto',
    result: { status: 'done', value: { facts: { description: expect.stringMatching(/^int/) } } },
  });
  expect(faster?.search.candidates.filter(({ chosen }) => chosen)).toHaveLength(1);
});

test('slower variants are not chosen: the row is float32 itself', async () => {
  const made = await makeVariants(work);
  const builds = await buildTargets(work, made);
  const slower = await searchAuto(work, made, builds, timed(builds, 1.5));
  expect(slower?.recommended).toBe('float32');
  const [row] = slower?.builds ?? [];
  if (!row || !isDone(row)) throw new Error('the row is there');
  expect(row.result.value.artifact).toEqual(work.prepared.model);
  for (const { reason } of slower?.search.candidates ?? []) expect(reason).toMatch(/slower/);
});

test('nothing is searched where nothing was asked for, or nothing can run', async () => {
  const without = await digitsWork({ variants: ['int4'] }, work.context);
  expect(await searchAuto(without, [], [], new Map())).toBeUndefined();
  const elsewhere = await digitsWork({ variants: ['auto'], hardware: ['cuda'] }, work.context);
  const outcome = await searchAuto(elsewhere, [], [], new Map());
  expect(outcome).toMatchObject({
    recommended: null,
    builds: [{ variant: 'auto', result: { status: 'skipped' } }],
  });
});
