import { afterAll, beforeAll, expect, test } from 'vitest';
import { LimitError } from '../../../shared/base/errors.ts';
import { searchAuto } from '../../../shared/pipeline/stages/auto.ts';
import { AutoBudget } from '../../../shared/pipeline/stages/auto-budget.ts';
import { buildTargets, makeVariants } from '../../../shared/pipeline/stages/make.ts';
import { Measurements } from '../../../shared/pipeline/stages/measure.ts';
import { type Build, isDone } from '../../../shared/pipeline/stages/model-work.ts';
import { autoSchema } from '../../../shared/report/schema.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { type DigitsWork, digitsWork } from '../digits-work.ts';
import { DIGITS_DATA } from '../inline-context.ts';

let work: DigitsWork;
const budget = new AutoBudget(60);
beforeAll(async () => {
  work = await digitsWork({ data: { ...DIGITS_DATA }, variants: ['float16', 'auto'] });
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
  const measurements = new Measurements();
  for (const { result } of builds.filter(isDone))
    measurements.entry(work.context.machine, result.value.artifact).latency = {
      status: 'done',
      base: samples(1),
      variant: samples(ratio),
    };
  return measurements;
}

test('a row of its own with the best, and why it is not recommended', async () => {
  const made = await makeVariants(work, budget);
  expect(made.map(({ variant, isRow }) => `${variant}${isRow ? '' : ' (auto)'}`)).toEqual([
    'float32',
    'float16',
    'int8-dynamic (auto)',
    'int8-weights (auto)',
    'int4 (auto)',
    'int8 (auto)',
  ]);
  const builds = await buildTargets(work, made);
  const faster = await searchAuto(work, made, builds, timed(builds, 0.5), budget);
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
  const made = await makeVariants(work, budget);
  const builds = await buildTargets(work, made);
  const slower = await searchAuto(work, made, builds, timed(builds, 1.5), budget);
  expect(slower?.recommended).toBe('float32');
  const [row] = slower?.builds ?? [];
  if (!row || !isDone(row)) throw new Error('the row is there');
  expect(row.result.value.artifact).toEqual(work.prepared.model);
  expect(slower?.search.candidates.map(({ name, reason }) => `${name}: ${reason}`)).toEqual([
    'float16: 50 % slower than float32',
    'int8-dynamic: 50 % slower than float32',
    'int8-weights: the same file as int8-dynamic',
    'int8: 50 % slower than float32',
    expect.stringMatching(/^int4: nothing in it takes 4 bits/),
  ]);
});

test('what is not made for lack of time is listed with that reason', async () => {
  // Less than making even a small model is expected to take.
  const short = new AutoBudget(0.3);
  const made = await makeVariants(work, short);
  expect(made.map(({ variant, result }) => `${variant} ${result.status}`)).toEqual([
    'float32 done',
    'float16 done',
    'int8-dynamic skipped',
    'int8-weights skipped',
    'int4 skipped',
    'int8 skipped',
  ]);
  const builds = await buildTargets(work, made);
  const outcome = await searchAuto(work, made, builds, timed(builds, 0.5), budget);
  expect(outcome?.search.candidates).toEqual([
    expect.objectContaining({ name: 'float16', chosen: true, bytes: expect.any(Number) }),
    { name: 'int8-dynamic', onFront: false, reason: 'no time left for auto' },
    { name: 'int8-weights', onFront: false, reason: 'no time left for auto' },
    { name: 'int4', onFront: false, reason: 'no time left for auto' },
    { name: 'int8', onFront: false, reason: 'no time left for auto' },
  ]);
});

test('what is not scored for lack of time cannot be chosen, however good', async () => {
  const made = await makeVariants(work, budget);
  const builds = await buildTargets(work, made);
  const spent = new AutoBudget(0);
  const ranBefore = work.context.ran.length;
  const outcome = await searchAuto(work, made, builds, timed(builds, 0.5), spent);
  expect(work.context.ran.slice(ranBefore)).toEqual([]);
  expect(outcome?.recommended).toBe('float32');
  for (const candidate of outcome?.search.candidates ?? [])
    if (candidate.name !== 'int4')
      expect(candidate).toMatchObject({ onFront: false, reason: 'no time left for auto' });
  expect(outcome?.search.reason).toBe(
    'float16 and int8-dynamic and int8-weights and int8 cannot be chosen (no time left for auto)',
  );
});

test('int8 that was calibrated on synthetic inputs is listed, and why it cannot be chosen', async () => {
  const without = await digitsWork({ variants: ['auto'] }, work.context);
  const made = await makeVariants(without, new AutoBudget(0.1));
  const [base] = await buildTargets(without, made);
  if (!base || !isDone(base)) throw new Error('float32 is there');
  const { facts } = base.result.value;
  // As if it had been made.
  const value = { artifact: without.source.artifact, facts };
  const builds: Build[] = [base, { ...base, variant: 'int8', result: { status: 'done', value } }];
  const outcome = await searchAuto(without, made, builds, timed(builds, 0.5), budget);
  expect(outcome?.recommended).toBe('float32');
  expect(outcome?.search.reason).toMatch(
    /^int8 cannot be chosen \(synthetic calibration, accuracy unknown\)$/,
  );
});

test('nothing is searched where nothing was asked for, or nothing can run', async () => {
  const without = await digitsWork({ variants: ['int4'] }, work.context);
  expect(await searchAuto(without, [], [], new Measurements(), budget)).toBeUndefined();
  const elsewhere = await digitsWork({ variants: ['auto'], hardware: ['cuda'] }, work.context);
  const outcome = await searchAuto(elsewhere, [], [], new Measurements(), budget);
  expect(outcome).toMatchObject({
    recommended: null,
    builds: [{ variant: 'auto', result: { status: 'skipped' } }],
  });
});

test('where float32 could not be measured, nothing is chosen or recommended', async () => {
  const made = await makeVariants(work, budget);
  const builds = await buildTargets(work, made);
  const failure = new LimitError('the time ran out while measuring latency');
  const nothing = new Measurements();
  nothing.entry(work.context.machine, work.prepared.model).failure = failure;
  const outcome = await searchAuto(work, made, builds, nothing, budget);
  expect(outcome?.recommended).toBeNull();
  expect(outcome?.builds.map(({ result }) => result)).toEqual([
    {
      status: 'failed',
      reason: 'nothing could be measured to choose by: the time ran out while measuring latency',
      code: 4,
    },
  ]);
});

test('where a limit stopped every variant there is no choice', async () => {
  const made = await makeVariants(work, budget);
  const stopped = made.map((one) =>
    one.variant === 'float32'
      ? one
      : { ...one, result: { status: 'failed' as const, reason: 'the time ran out', code: 4 } },
  );
  const builds = await buildTargets(work, stopped);
  const outcome = await searchAuto(work, stopped, builds, timed(builds, 1), budget);
  expect(outcome?.recommended).toBeNull();
  expect(outcome?.builds[0]?.result).toMatchObject({ status: 'failed', code: 4 });
});
