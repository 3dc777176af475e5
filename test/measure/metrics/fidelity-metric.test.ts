import { expect, it } from 'vitest';
import { METRICS } from '../../../shared/measure/metrics/metrics.ts';
import { floats } from './outputs.ts';

const fidelity = METRICS.fidelity({ name: 'fidelity' });
const table = (rows: readonly (readonly number[])[]) => ({
  rows: rows.length,
  width: rows[0]?.length ?? 0,
  values: rows.flat(),
});

it('is the smallest cosine of any output, each over all samples as one vector', () => {
  const reference = { a: floats([1, 2], 3, 4), b: floats([1, 1], 1) };
  const first = fidelity.statistics(
    { a: floats([1, 2], 4, 3), b: floats([1, 1], 1) },
    { reference },
  );
  const second = fidelity.statistics(reference, { reference });
  expect(first).toEqual([24, 25, 25, 1, 1, 1]);
  expect(fidelity.aggregate(table([first]))).toBeCloseTo(24 / 25, 12);
  expect(fidelity.aggregate(table([first, second]))).toBeCloseTo(49 / 50, 12);
  expect(fidelity.aggregate(table([first, second]), [0, 3])).toBeCloseTo(1, 12);
});

it('is lowered by missing, misshapen and broken outputs', () => {
  const reference = { a: floats([1, 2], 3, 4) };
  for (const given of [{}, { a: floats([2], 3, 4) }, { a: floats([1, 2], 3, Number.NaN) }]) {
    expect(fidelity.aggregate(table([fidelity.statistics(given, { reference })]))).toBeLessThan(
      0.5,
    );
  }
});

it('looks at one output where one is named', () => {
  const named = METRICS.fidelity({ name: 'fidelity', output: 'b' });
  const reference = { a: floats([1], 3), b: floats([1], 1) };
  expect(named.statistics({ a: floats([1], -3), b: floats([1], 2) }, { reference })).toEqual([
    2, 1, 4,
  ]);
});
