import { expect, test } from 'vitest';
import { tileOf } from '../../../../shared/compress/quantize/reconstruct/grid.ts';
import { roundByNearestPlane } from '../../../../shared/compress/quantize/reconstruct/nearest-plane.ts';
import { quadraticForm } from '../../../../shared/compress/quantize/reconstruct/quadratic-form.ts';
import { correlated, inverseOf } from '../_moments.ts';
import { damped, griddedMatrix, outputError } from './_forms.ts';

/**
 * GPTQ as published, of one row with groups whose scales are known before, columns with the largest moments first: each
 * error goes to the others by the inverse of H, out of which the column is then taken.
 */
function gptq(matrix: ReturnType<typeof griddedMatrix>, moments: Float64Array): number[] {
  const { columns: n, values, block, scales, lowest, highest } = matrix;
  const inverse = inverseOf(moments);
  const left = Float64Array.from(values);
  const codes = new Array<number>(n).fill(0);
  const order = Array.from({ length: n }, (_, i) => i).toSorted(
    (a, b) => (moments[b * n + b] ?? 0) - (moments[a * n + a] ?? 0),
  );
  for (const q of order) {
    const group = Math.floor(q / block);
    const scale = scales[group] ?? 1;
    const wanted = Math.round((left[q] ?? 0) / scale);
    const code = Math.min(highest[group] ?? 0, Math.max(lowest[group] ?? 0, wanted));
    codes[q] = code;
    const pivot = inverse[q]?.[q] ?? 0;
    const share = ((left[q] ?? 0) - code * scale) / pivot;
    const line = [...(inverse[q] ?? [])];
    for (const [i, row] of inverse.entries()) {
      left[i] = (left[i] ?? 0) - share * (line[i] ?? 0);
      const factor = (line[i] ?? 0) / pivot;
      for (const [j, value] of row.entries()) row[j] = value - factor * (line[j] ?? 0);
    }
  }
  // As stored: 0 has no sign.
  return codes.map((code) => code + 0);
}

test.each([1, 2, 3, 4])('is GPTQ in groups, code for code: seed %i', (seed) => {
  const matrix = griddedMatrix(1, 44, 16, seed);
  const moments = correlated(44, seed);
  const form = quadraticForm(moments, 44, 0.05);
  if (!form) throw new Error('it is positive definite');
  const tile = tileOf(matrix, { row: 0, rows: 1, column: 0, columns: 44 });
  const nearest = [...tile.codes];
  roundByNearestPlane(tile, form);
  expect([...tile.codes]).toEqual(gptq(matrix, damped(moments, 0.05)));
  expect([...tile.codes]).not.toEqual(nearest);
});

test('rows do not depend on those beside them', () => {
  const matrix = griddedMatrix(5, 40, 16, 9);
  const form = quadraticForm(correlated(40, 9), 40, 0.01);
  if (!form) throw new Error('it is positive definite');
  const all = tileOf(matrix, { row: 0, rows: 5, column: 0, columns: 40 });
  roundByNearestPlane(all, form);
  for (let row = 0; row < 5; row++) {
    const one = tileOf(matrix, { row, rows: 1, column: 0, columns: 40 });
    roundByNearestPlane(one, form);
    expect([...all.codes.subarray(row * 40, (row + 1) * 40)]).toEqual([...one.codes]);
  }
});

test('less reaches the outputs than with the nearest codes', () => {
  const matrix = griddedMatrix(16, 64, 32, 5);
  const moments = correlated(64, 5);
  const form = quadraticForm(moments, 64, 0.01);
  if (!form) throw new Error('it is positive definite');
  const tile = tileOf(matrix, { row: 0, rows: 16, column: 0, columns: 64 });
  const total = (codes: Int8Array): number =>
    Array.from({ length: 16 }, (_, row) =>
      outputError(matrix, { codes, scales: tile.scales }, moments, row),
    ).reduce((sum, error) => sum + error, 0);
  const before = total(tile.codes.slice());
  roundByNearestPlane(tile, form);
  expect(total(tile.codes)).toBeLessThan(0.5 * before);
});
