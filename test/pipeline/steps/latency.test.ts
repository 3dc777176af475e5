import { afterAll, beforeAll, expect, test } from 'vitest';
import { keyOf } from '../../../shared/pipeline/step.ts';
import {
  isDecided,
  keepPairs,
  latencyGroupStep,
  latencyPairStep,
  protocolOf,
} from '../../../shared/pipeline/steps/latency.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { type DigitsWork, digitsWork } from '../digits-work.ts';

let work: DigitsWork;
beforeAll(async () => {
  work = await digitsWork();
});
afterAll(closeSharedProcess);

const common = () => ({
  base: work.prepared.model,
  signature: work.prepared.model,
  data: work.samples.refs,
  split: work.samples.split,
  threads: 1,
  protocol: 'short' as const,
  // One round more than the first look never begins.
  seconds: 0.01,
  machine: { cpu: 'test', features: ['avx2'], cores: 2 },
});

test('base and variants in one group; each pair is kept under its own key', async () => {
  const variants = [work.prepared.model, work.source.artifact];
  const group = { ...common(), variants };
  const pairs = await latencyGroupStep.run(group, work.tools());
  const [own, other] = pairs;
  if (own?.status !== 'done' || other?.status !== 'done') throw new Error('both can be timed');
  expect(own.variant).toEqual(own.base);
  expect(other.variant.logRatios).toHaveLength(3);
  expect(other.variant.ms).toBeGreaterThan(0);
  expect(other.variant.shapes).toEqual({ image: [1, 8, 8, 1] });
  await keepPairs(group, pairs, work.context);
  const [, variant] = variants;
  if (!variant) throw new Error('unreachable');
  const key = keyOf(latencyPairStep, { ...common(), variant }, work.context.runtime);
  expect((await work.context.store.readStep('latency', key))?.output).toEqual(other);
});

test('the key holds machine, threads and both models', () => {
  const key = (changes: object) =>
    keyOf(latencyPairStep, { ...common(), variant: work.source.artifact, ...changes }, 'r');
  const keys = [
    {},
    { threads: 2 },
    { machine: { cpu: 'other', features: [], cores: 2 } },
    { variant: work.prepared.model },
    { budget: '+5%' },
  ].map(key);
  expect(new Set(keys).size).toBe(5);
});

test('more sessions are taken while the contract’s rule, or a budget, is undecided', () => {
  const base = work.prepared.model;
  /** Sessions with the same small noise around a ratio; times are that many milliseconds. */
  const samples = (name: string, ratio: number, noise = 0.02) => ({
    name,
    logRatios: [1, -1, 1, -1, 1, -1].map((sign) => Math.log(ratio) + sign * noise),
    sessionMs: [1, -1, 1, -1, 1, -1].map((sign) => ratio * Math.exp(sign * noise)),
    ms: ratio,
    p90Ms: ratio,
    p99Ms: ratio,
    loadMs: 1,
    sessions: 6,
    runs: 120,
    threads: 1,
    shapes: {},
    looks: 4,
    short: false,
  });
  const decided = (name: string, ratio: number, budget?: string): boolean =>
    isDecided(samples(name, ratio), { base, ...(budget && { budgets: { [name]: budget } }) });
  expect(decided('v', 1)).toBe(false);
  expect(decided('v', 0.8)).toBe(true);
  expect(decided('v', 0.8, '-10%')).toBe(true);
  expect(decided('v', 0.8, '-30%')).toBe(true);
  expect(decided('v', 0.8, '-20%')).toBe(false);
  expect(decided('v', 0.8, '0.8 ms')).toBe(false);
  expect(decided('v', 0.8, '1 ms')).toBe(true);
  // The base is compared with nothing, but its own milliseconds may have a limit.
  const own = { ...samples(base.digest, 1), logRatios: [0, 0, 0, 0, 0, 0] };
  const baseDecided = (budget: string) =>
    isDecided(own, { base, budgets: { [base.digest]: budget } });
  expect([baseDecided('1 ms'), baseDecided('2 ms'), baseDecided('+5%')]).toEqual([
    false,
    true,
    true,
  ]);
});

test('protocols by name, with the job’s own limits', () => {
  expect(protocolOf({ protocol: 'full', threads: 2 })).toMatchObject({ threads: 2, short: false });
  expect(protocolOf({ protocol: 'short', threads: 1, seconds: 9 })).toMatchObject({
    short: true,
    seconds: 9,
  });
});
