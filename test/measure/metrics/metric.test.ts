import { expect, it } from 'vitest';
import { meanColumn } from '../../../shared/measure/metrics/metric.ts';

it('meanColumn weighs rows', () => {
  const table = { rows: 3, width: 2, values: [1, 10, 2, 20, 6, 60] };
  expect(meanColumn(table, 0)).toBe(3);
  expect(meanColumn(table, 1, [1, 1, 0])).toBe(15);
  expect(meanColumn(table, 1, [0, 0, 0])).toBeNaN();
});
