import studentQuantile from '@stdlib/stats-base-dists-t-quantile';
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../shared/base/random.ts';
import { judgeReport, type RowDraft } from '../../shared/report/gate.ts';
import type { Latency } from '../../shared/report/schema.ts';
import { makeModel, makeReport, makeRow } from './make-report.ts';

/** Six fresh session pairs with 0.9 % of bias each (reference: A/A pairs, one thread), a t-interval. */
const SESSIONS = 6;
const NOISE = 0.009 * Math.SQRT2;
const T = studentQuantile(0.975, SESSIONS - 1);

function measure(random: Random, trueRatio: number): Latency {
  const logs = Array.from(
    { length: SESSIONS },
    () => Math.log(trueRatio) + NOISE * random.normal(),
  );
  const mean = logs.reduce((sum, value) => sum + value, 0) / SESSIONS;
  const variance = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (SESSIONS - 1);
  const half = T * Math.sqrt(variance / SESSIONS);
  const [ratio, low, high] = [mean, mean - half, mean + half].map(Math.exp) as [
    number,
    number,
    number,
  ];
  const verdict =
    low > 1.01
      ? 'slower'
      : high < 0.99
        ? 'faster'
        : low >= 0.97 && high <= 1.03
          ? 'same'
          : 'inconclusive';
  return { ms: ratio, ratio, low, high, verdict, sessions: SESSIONS, threads: 1, shapes: {} };
}

/** Share of reports called `regressed`, each with `count` models against a base model. */
function alarmRate(
  seed: number,
  reports: number,
  count: number,
  ratio: number,
  budget?: string,
): number {
  const random = createRandom(seed);
  let alarms = 0;
  for (let i = 0; i < reports; i++) {
    const models = Array.from({ length: count }, () => {
      const row: RowDraft = makeRow({ latency: measure(random, ratio) });
      const model = { ...makeModel(), variants: [row] };
      return budget === undefined ? model : { ...model, budgets: { float32: { latency: budget } } };
    });
    const report = judgeReport({ ...makeReport(), comparison: { kind: 'models' }, models });
    if (report.verdict === 'regressed') alarms++;
  }
  return alarms / reports;
}

describe('rates of alarm over a report of ten models', () => {
  // Binomial standard error of 800 reports at 2.5 %: 0.55 points; the bars are 3 of them above.
  it('no model changed: fewer than 1 % of reports alarm', () => {
    expect(alarmRate(1, 600, 10, 1)).toBeLessThan(0.01);
  });

  it('every model sits exactly on its budget, the worst case: at most 2.5 % + noise', () => {
    const rate = alarmRate(2, 800, 10, 1.05, '+5%');
    expect(rate).toBeLessThan(0.04);
    // Without the correction it would be 1 − 0.975¹⁰ = 22 %; a rule that never alarms fails too.
    expect(rate).toBeGreaterThan(0.005);
  });

  it('one model alone keeps the full power: 5 % slower is found', () => {
    expect(alarmRate(3, 500, 1, 1.05)).toBeGreaterThan(0.95);
  });

  it('all of ten models 8 % slower against a budget of 2 %: found', () => {
    expect(alarmRate(4, 200, 10, 1.08, '+2%')).toBeGreaterThan(0.99);
  });
});
