import { expect, test } from 'vitest';
import { latencyRow } from '../../../shared/pipeline/stages/latency-row.ts';
import { latencySchema } from '../../../shared/report/variant-schema.ts';

const samples = (ratio: number, noise = 0.002) => ({
  logRatios: [1, -1, 1, -1, 1, -1].map((sign) => Math.log(ratio) + sign * noise),
  sessionMs: [1, 1.01, 0.99, 1, 1.01, 0.99].map((ms) => ms * ratio),
  ms: ratio,
  p90Ms: ratio * 1.1,
  p99Ms: ratio * 1.2,
  loadMs: 3,
  sessions: 6,
  runs: 120,
  threads: 1,
  shapes: { x: [1, 3] },
  looks: 4,
  short: false,
});
const pair = (ratio: number, noise?: number) => ({
  status: 'done' as const,
  base: samples(1),
  variant: samples(ratio, noise),
});

test('a variant is compared with its base', () => {
  const row = latencyRow(pair(0.5), false);
  expect(latencySchema.parse(row)).toEqual(row);
  expect(row).toMatchObject({
    ms: 0.5,
    baseMs: 1,
    verdict: 'faster',
    sessions: 6,
    threads: 1,
    shapes: { x: [1, 3] },
  });
  expect(row.ratio).toBeCloseTo(0.5, 6);
  expect(row.low).toBeLessThan(0.5);
  expect(row.pairs).toHaveLength(6);
  expect(row.msLow).toBeLessThan(row.ms);
  expect(row.msHigh).toBeGreaterThan(row.ms);
});

test('the base is compared with nothing', () => {
  const row = latencyRow(pair(1), true);
  expect(Object.keys(row)).not.toEqual(expect.arrayContaining(['ratio']));
  expect(row.verdict).toBeUndefined();
});

test('noise makes it inconclusive', () => {
  expect(latencyRow(pair(1, 0.2), false).verdict).toBe('inconclusive');
  expect(latencyRow(pair(1.4), false).verdict).toBe('slower');
});
