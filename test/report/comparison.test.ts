import { describe, expect, it } from 'vitest';
import { parseBudget } from '../../shared/report/budgets.ts';
import { compareWithBudget } from '../../shared/report/comparison.ts';
import type { Accuracy, Latency, VariantRow } from '../../shared/report/schema.ts';
import { makeRow } from './make-report.ts';

const latency: Latency = {
  ms: 2,
  ratio: 1.06,
  low: 1.04,
  high: 1.08,
  sessions: 6,
  threads: 1,
  shapes: {},
};
const accuracy: Accuracy = {
  metric: 'top1',
  value: 0.98,
  base: 0.982,
  difference: -0.002,
  low: -0.006,
  high: 0.002,
  samples: 212,
};

function compare(row: Partial<VariantRow>, metric: string, text: string, isBase = false) {
  return compareWithBudget(makeRow(row), parseBudget(metric, text), isBase);
}

describe('exact comparisons', () => {
  it.each([
    ['size', '5 MB', { size: { bytes: 5_000_000 } }, true],
    ['size', '5 MB', { size: { bytes: 5_000_001 } }, false],
    ['size', '-90%', { size: { bytes: 1, base: 10 } }, true],
    ['size', '-90%', { size: { bytes: 2, base: 10 } }, false],
    ['size', '+0%', { size: { bytes: 10, base: 10 } }, true],
    ['size', '+0%', { size: { bytes: 11, base: 10 } }, false],
    ['parameters', '1k', { size: { bytes: 1, parameters: 1001 } }, false],
    ['ops', '+10%', { size: { bytes: 1, ops: 11, baseOps: 10 } }, true],
    ['fidelity', '0.999', { fidelity: { cosine: 0.999 } }, true],
    ['fidelity', '0.999', { fidelity: { cosine: 0.9989 } }, false],
  ])('%s %s of %j: kept %s', (metric, text, row, kept) => {
    expect(compare(row, metric, text)).toEqual({ kind: 'exact', kept });
  });

  it('the base itself has changed by exactly nothing', () => {
    expect(compare({}, 'size', '-50%', true)).toEqual({ kind: 'exact', kept: false });
    expect(compare({}, 'latency', '+5%', true)).toEqual({ kind: 'exact', kept: true });
    expect(compare({ accuracy }, 'accuracy', '-0.5pp', true).kind).toBe('interval');
    const { base: _, difference: __, low: ___, high: ____, ...alone } = accuracy;
    expect(compare({ accuracy: alone }, 'accuracy', '-0.5pp', true)).toEqual({
      kind: 'exact',
      kept: true,
    });
    expect(compare({ accuracy: alone }, 'accuracy', '+0.5pp', true)).toEqual({
      kind: 'exact',
      kept: false,
    });
  });
});

describe('comparisons by an interval', () => {
  it.each([
    ['beyond', '+3%', { mayBreak: true, isKept: false }],
    ['across', '+5%', { mayBreak: false, isKept: false }],
    ['within', '+9%', { mayBreak: false, isKept: true }],
  ])('latency %s the budget', (_, text, decided) => {
    expect(compare({ latency }, 'latency', text)).toMatchObject({ kind: 'interval', ...decided });
  });

  it('milliseconds need the interval of the milliseconds', () => {
    expect(compare({ latency }, 'latency', '1 ms')).toMatchObject({ kind: 'undecided' });
    const bounded = { ...latency, msLow: 1.9, msHigh: 2.1 };
    expect(compare({ latency: bounded }, 'latency', '1 ms')).toMatchObject({ mayBreak: true });
    expect(compare({ latency: bounded }, 'latency', '2 ms')).toMatchObject({
      mayBreak: false,
      isKept: false,
    });
    expect(compare({ latency: bounded }, 'latency', '3 ms')).toMatchObject({ isKept: true });
  });

  it.each([
    ['-1pp', { mayBreak: false, isKept: true }],
    ['-0.5pp', { mayBreak: false, isKept: false }],
    ['+0.5pp', { mayBreak: true, isKept: false }],
    ['-1%', { mayBreak: false, isKept: true }],
  ])('accuracy that may lose up to %s', (text, decided) => {
    expect(compare({ accuracy }, 'accuracy', text)).toMatchObject({ kind: 'interval', ...decided });
  });

  it('an error metric may grow', () => {
    const error: Accuracy = {
      metric: 'mae',
      value: 1.05,
      base: 1,
      difference: 0.05,
      low: 0.03,
      high: 0.07,
      samples: 100,
    };
    expect(compare({ accuracy: error }, 'accuracy', '+2%')).toMatchObject({ mayBreak: true });
    expect(compare({ accuracy: error }, 'accuracy', '+5%')).toMatchObject({
      mayBreak: false,
      isKept: false,
    });
    expect(compare({ accuracy: error }, 'accuracy', '+8%')).toMatchObject({ isKept: true });
    expect(compare({ accuracy: error }, 'accuracy', '-0.5pp')).toMatchObject({
      kind: 'not-measured',
      why: expect.stringContaining('write it in %'),
    });
  });

  it('a wanted share of right samples is judged by its binomial interval', () => {
    // 980 of 1000 right: Clopper and Pearson give [0.9692, 0.9878] (R: binom.test(980, 1000)).
    const share: Accuracy = { metric: 'top1', value: 0.98, samples: 1000 };
    const result = compare({ accuracy: share }, 'accuracy', '0.97');
    expect(result).toMatchObject({ kind: 'interval', mayBreak: false, isKept: false });
    if (result.kind === 'interval') {
      expect(result.loss.low).toBeCloseTo(-0.9878, 3);
      expect(result.loss.high).toBeCloseTo(-0.9692, 3);
    }
    expect(compare({ accuracy: share }, 'accuracy', '0.99')).toMatchObject({ mayBreak: true });
    expect(compare({ accuracy: share }, 'accuracy', '0.96')).toMatchObject({ isKept: true });
    expect(compare({ accuracy: { ...share, value: 1 } }, 'accuracy', '0.99')).toMatchObject({
      isKept: true,
    });
  });

  it('other metrics without an interval of their own are never broken', () => {
    const f1: Accuracy = { metric: 'f1', value: 0.1, samples: 1000 };
    expect(compare({ accuracy: f1 }, 'accuracy', '0.97')).toMatchObject({ kind: 'undecided' });
  });
});

describe('what was not measured', () => {
  it.each([
    ['latency', '+5%', {}, 'not measured on this machine'],
    [
      'latency',
      '+5%',
      { latency: { ...latency, verdict: 'not-comparable' as const } },
      'side by side',
    ],
    ['accuracy', '-0.5pp', {}, 'not measured'],
    ['fidelity', '0.9', {}, 'not measured'],
    ['size', '-5%', {}, 'nothing to compare'],
  ])('%s %s', (metric, text, row, why) => {
    expect(compare(row, metric, text)).toEqual({
      kind: 'not-measured',
      why: expect.stringContaining(why),
    });
  });
});
