import { describe, expect, it } from 'vitest';
import { isProportion, metricKind } from '../../shared/report/metric-kind.ts';

describe('metricKind', () => {
  it.each([
    ['top1', true, true],
    ['cer', true, false],
    ['mae', false, false],
    ['my-score', false, true],
    ['toString', false, true],
  ])('%s', (metric, fraction, higherIsBetter) => {
    expect(metricKind({ metric })).toMatchObject({ fraction, higherIsBetter });
  });

  it("a user's module says itself which direction is better", () => {
    expect(metricKind({ metric: 'distance', higherIsBetter: false }).higherIsBetter).toBe(false);
  });

  it('only shares of right samples have a binomial interval', () => {
    expect(['top1', 'ctc-exact', 'f1', 'mae'].map(isProportion)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
