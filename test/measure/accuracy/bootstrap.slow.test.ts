import { expect, it } from 'vitest';
import { createRandom } from '../../../shared/base/random.ts';
import { bootstrapInterval, bootstrapPaired } from '../../../shared/measure/accuracy/bootstrap.ts';
import type { ScoreTable } from '../../../shared/measure/metrics/metric.ts';
import { METRICS } from '../../../shared/measure/metrics/metrics.ts';

const mae = METRICS.mae({ name: 'mae' });
const table = (values: readonly number[]): ScoreTable => ({
  rows: values.length,
  width: 1,
  values: Float64Array.from(values),
});

/** Share of 1000 experiments whose interval holds the true mean 0: known to 0.7 points. */
function coverage(n: number, draw: () => number): number {
  const experiments = 1000;
  let covered = 0;
  for (let seed = 0; seed < experiments; seed++) {
    const variant = table(Array.from({ length: n }, draw));
    const base = table(new Array(n).fill(0));
    const { low, high } = bootstrapInterval(
      bootstrapPaired(mae, base, variant, seed).difference,
      0.95,
    );
    covered += Number(low <= 0 && high >= 0);
  }
  return covered / experiments;
}

it('holds a true mean of 0 about 95 times in 100, of even and of skewed differences', () => {
  const random = createRandom(9);
  const normal = () => random.normal();
  const skewed = () => -Math.log(1 - random.float()) - 1;
  for (const [n, draw, least] of [
    [10, normal, 0.93],
    [30, normal, 0.93],
    [100, normal, 0.93],
    [30, skewed, 0.92],
    [100, skewed, 0.93],
  ] as const) {
    const covered = coverage(n, draw);
    expect(covered).toBeGreaterThan(least);
    expect(covered).toBeLessThan(0.975);
  }
});
