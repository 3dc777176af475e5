import { describe, expect, it } from 'vitest';
import { diffRow, lostRow } from '../../shared/report/diff-rows.ts';
import type { Accuracy, Latency } from '../../shared/report/schema.ts';
import { DIGEST, makeRow } from './make-report.ts';

const accuracy = (value: number, change: Partial<Accuracy> = {}): Accuracy => ({
  metric: 'top1',
  value,
  samples: 1000,
  base: 0.5,
  difference: value - 0.5,
  low: 0,
  high: 1,
  wins: 3,
  losses: 4,
  verdict: 'better',
  ...change,
});
const other = { artifact: { path: 'x.onnx', sha256: 'cd'.repeat(32), bytes: 9 } };
const latency: Latency = {
  ms: 2,
  msLow: 1.9,
  msHigh: 2.1,
  baseMs: 4,
  ratio: 0.5,
  low: 0.4,
  high: 0.6,
  pairs: [0.5],
  verdict: 'faster',
  sessions: 6,
  threads: 1,
  shapes: {},
};

describe('diffRow', () => {
  it('sizes are exact against the other report, not against float32', () => {
    const base = makeRow({ size: { bytes: 100, base: 400, ratio: 0.25, ops: 7 } });
    const head = makeRow({ size: { bytes: 50, base: 500, ratio: 0.1, ops: 6, parameters: 3 } });
    expect(diffRow(base, head, {}).size).toEqual({
      bytes: 50,
      base: 100,
      ratio: 0.5,
      ops: 6,
      baseOps: 7,
      parameters: 3,
    });
  });

  it('latencies keep their own numbers and no ratio', () => {
    const row = diffRow(makeRow({ latency: { ...latency, ms: 3 } }), makeRow({ latency }), {});
    expect(row.latency).toEqual({
      ms: 2,
      msLow: 1.9,
      msHigh: 2.1,
      baseMs: 3,
      verdict: 'not-comparable',
      sessions: 6,
      threads: 1,
      shapes: {},
    });
  });

  it('accuracies get the interval of two independent shares', () => {
    // Newcombe 1998, method 10 with exact intervals: 0.95 of 1000 against 0.98 of 1000.
    const row = diffRow(
      makeRow({ accuracy: accuracy(0.98) }),
      makeRow({ ...other, accuracy: accuracy(0.95) }),
      {},
    );
    expect(row.accuracy).toMatchObject({ base: 0.98, verdict: 'worse' });
    expect(row.accuracy?.difference).toBeCloseTo(-0.03, 10);
    expect(row.accuracy?.low).toBeCloseTo(-0.0475, 3);
    expect(row.accuracy?.high).toBeCloseTo(-0.0132, 3);
    expect(row.accuracy?.wins).toBeUndefined();
  });

  it('too few samples are inconclusive, and it says why', () => {
    const row = diffRow(
      makeRow({ accuracy: accuracy(0.98) }),
      makeRow({ ...other, accuracy: accuracy(0.975) }),
      {},
    );
    expect(row.accuracy?.verdict).toBe('inconclusive');
    expect(row.notes).toEqual([expect.stringContaining('without pairs')]);
  });

  it('the same bytes have the same accuracy, however few the samples', () => {
    const few = accuracy(0.9, { samples: 10 });
    expect(
      diffRow(makeRow({ accuracy: few }), makeRow({ accuracy: few }), {}).accuracy,
    ).toMatchObject({
      difference: 0,
      low: 0,
      high: 0,
      verdict: 'same',
    });
  });

  it.each([
    ['another metric', { metric: 'f1' }, {}, undefined, /was f1 before and is top1 now/],
    ['other samples', {}, { base: 'a', head: 'b' }, 'inconclusive', /different evaluation samples/],
  ])('%s', (_, change, data, verdict, note) => {
    const row = diffRow(
      makeRow({ accuracy: accuracy(0.5, change) }),
      makeRow({ ...other, accuracy: accuracy(0.9) }),
      data,
    );
    expect(row.accuracy?.verdict).toBe(verdict);
    expect(row.notes.join()).toMatch(note);
  });

  it('an error that grew is worse', () => {
    const mae = (value: number) =>
      accuracy(value, { metric: 'mae', valueLow: value - 0.01, valueHigh: value + 0.01 });
    const row = diffRow(
      makeRow({ accuracy: mae(1) }),
      makeRow({ ...other, accuracy: mae(1.1) }),
      {},
    );
    expect(row.accuracy?.verdict).toBe('worse');
  });

  it('without a base nothing speaks of one; what failed stays failed', () => {
    const head = makeRow({
      size: { bytes: 50, base: 500, ratio: 0.1 },
      latency,
      accuracy: accuracy(0.9),
    });
    const { size, latency: time, accuracy: score } = diffRow(undefined, head, {});
    expect([size, time?.verdict, time?.baseMs, score]).toEqual([
      { bytes: 50 },
      undefined,
      undefined,
      { metric: 'top1', value: 0.9, samples: 1000 },
    ]);
    const failed = makeRow({ status: 'failed', reason: 'x', verdict: 'failed' });
    expect(diffRow(makeRow(), failed, {})).toMatchObject({ status: 'failed', reason: 'x' });
  });

  it('names what was lost', () => {
    expect(
      lostRow(
        makeRow({ name: 'int4', artifact: { path: 'a', sha256: DIGEST, bytes: 1 } }),
        'head.json',
      ),
    ).toEqual({
      name: 'int4',
      target: 'onnx',
      hardware: 'x64',
      status: 'skipped',
      reason: 'head.json has no such variant',
      notes: [],
    });
  });
});
