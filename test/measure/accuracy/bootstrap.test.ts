import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../shared/base/random.ts';
import {
  bootstrapInterval,
  bootstrapPaired,
  quantile,
} from '../../../shared/measure/accuracy/bootstrap.ts';
import type { ScoreTable } from '../../../shared/measure/metrics/metric.ts';
import { METRICS } from '../../../shared/measure/metrics/metrics.ts';

const mae = METRICS.mae({ name: 'mae' });
const table = (values: readonly number[], width = 1): ScoreTable => ({
  rows: values.length / width,
  width,
  values: Float64Array.from(values),
});

describe('the paired bootstrap', () => {
  it('is not wider than it need be', () => {
    const random = createRandom(10);
    const n = 200;
    const evidence = bootstrapPaired(
      mae,
      table(new Array(n).fill(0)),
      table(Array.from({ length: n }, () => random.normal())),
      1,
    );
    const { low, high } = bootstrapInterval(evidence.difference, 0.95);
    expect((high - low) / 2 / (1.96 / Math.sqrt(n))).toBeGreaterThan(0.85);
    expect((high - low) / 2 / (1.96 / Math.sqrt(n))).toBeLessThan(1.15);
  });

  it('sees how alike the two models are: pairs, not two samples', () => {
    const random = createRandom(11);
    const base = Array.from({ length: 100 }, () => Math.exp(2 * random.normal()));
    const variant = base.map((error) => error * 1.01);
    const { low, high } = bootstrapInterval(
      bootstrapPaired(mae, table(base), table(variant), 1).difference,
      0.95,
    );
    expect(low).toBeGreaterThan(0);
    expect(high).toBeLessThan(0.2);
  });

  it('gives the same for the same seed, and widens with its confidence', () => {
    const random = createRandom(12);
    const tables = [1, 2].map(() => table(Array.from({ length: 50 }, () => random.float()))) as [
      ScoreTable,
      ScoreTable,
    ];
    const one = bootstrapPaired(mae, ...tables, 7).difference;
    expect(bootstrapPaired(mae, ...tables, 7).difference).toEqual(one);
    expect(bootstrapPaired(mae, ...tables, 8).difference.replicates).not.toEqual(one.replicates);
    const widths = [0.5, 0.9, 0.95, 0.99, 0.999].map((confidence) => {
      const { low, high } = bootstrapInterval(one, confidence);
      return high - low;
    });
    expect(widths).toEqual([...widths].sort((a, b) => a - b));
  });

  it('resamples metrics that are no means, skipping samples on which they are not defined', () => {
    const auc = METRICS.auc({ name: 'auc' });
    // Two positives among twelve: some resamples hold none.
    const rows = Array.from({ length: 12 }, (_, i) => [
      Number(i < 2),
      i < 2 ? 0.9 - i * 0.6 : i / 12,
    ]);
    const { difference } = bootstrapPaired(auc, table(rows.flat(), 2), table(rows.flat(), 2), 1);
    expect(difference.replicates.length).toBeGreaterThan(2000);
    expect(difference.replicates.length).toBeLessThan(4000);
    expect(bootstrapInterval(difference, 0.95)).toEqual({ low: 0, high: 0 });
  });

  it('knows nothing from one sample', () => {
    const { difference } = bootstrapPaired(mae, table([1]), table([2]), 1);
    expect(bootstrapInterval(difference, 0.95)).toEqual({
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
    });
  });
});

describe('quantile', () => {
  it('is linear between neighbours', () => {
    const sorted = Float64Array.of(0, 10, 20);
    expect([0, 0.25, 0.5, 0.9, 1].map((level) => quantile(sorted, level))).toEqual([
      0, 5, 10, 18, 20,
    ]);
  });
});
