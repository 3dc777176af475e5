import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { METRIC_NAMES, openMetric } from '../../../shared/measure/metrics/metrics.ts';
import { metricKind } from '../../../shared/report/metric-kind.ts';

it('lists the metrics of the contract', () => {
  expect(METRIC_NAMES).toEqual([
    'top1',
    'top5',
    'f1',
    'auc',
    'mae',
    'mse',
    'miou',
    'ctc-exact',
    'cer',
    'fidelity',
  ]);
});

it('has a file for each and no other', () => {
  const helpers = [
    'class-scores.ts',
    'ctc-text.ts',
    'custom.ts',
    'metric.ts',
    'metrics.ts',
    'scored-output.ts',
  ];
  const files = readdirSync('shared/measure/metrics').filter((name) => !helpers.includes(name));
  expect(files).toEqual([
    'auc.ts',
    'cer.ts',
    'ctc-exact.ts',
    'f1.ts',
    'fidelity-metric.ts',
    'miou.ts',
    'regression.ts',
    'top-k.ts',
  ]);
});

it('opens each by name, as the report prints it', async () => {
  for (const name of METRIC_NAMES) {
    if (name === 'ctc-exact' || name === 'cer') continue;
    const metric = await openMetric({ name }, { allowModules: false });
    expect(metric.name).toBe(name);
    expect(metricKind({ metric: name }).higherIsBetter).toBe(metric.higherIsBetter);
  }
});

it('suggests what was meant', async () => {
  await expect(openMetric({ name: 'top_1' }, { allowModules: true })).rejects.toMatchObject({
    exitCode: 2,
    message: 'unknown metric "top_1" (did you mean "top1"?)',
    hint: expect.stringContaining('top1, top5'),
  });
  await expect(openMetric({ name: 'toString' }, { allowModules: true })).rejects.toThrow(
    /unknown metric/,
  );
});
