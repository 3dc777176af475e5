import { expect, test } from 'vitest';
import {
  errorsOf,
  groupAt,
  groupsOf,
  tileOf,
} from '../../../../shared/compress/quantize/reconstruct/grid.ts';
import { griddedMatrix, nearestCodes } from './_forms.ts';

test('the last group may be shorter', () => {
  expect(groupsOf({ columns: 64, block: 32 })).toBe(2);
  expect(groupsOf({ columns: 65, block: 32 })).toBe(3);
});

test('a tile of all is the matrix at its nearest codes', () => {
  const matrix = griddedMatrix(5, 70, 32, 1);
  const tile = tileOf(matrix, { row: 0, rows: 5, column: 0, columns: 70 });
  expect([...tile.values]).toEqual([...matrix.values]);
  expect([...tile.scales]).toEqual([...matrix.scales]);
  expect([...tile.codes]).toEqual([...nearestCodes(matrix)]);
});

test('a tile in the middle has the rows, columns and groups of its place', () => {
  const matrix = griddedMatrix(6, 96, 16, 2);
  const tile = tileOf(matrix, { row: 2, rows: 3, column: 32, columns: 48 });
  const codes = nearestCodes(matrix);
  for (let row = 0; row < 3; row++) {
    const from = (2 + row) * 96 + 32;
    expect([...tile.codes.subarray(row * 48, (row + 1) * 48)]).toEqual([
      ...codes.subarray(from, from + 48),
    ]);
    expect([...tile.scales.subarray(row * 3, (row + 1) * 3)]).toEqual([
      ...matrix.scales.subarray((2 + row) * 6 + 2, (2 + row) * 6 + 5),
    ]);
  }
  expect([0, 15, 16, 47, 48, 143].map((at) => groupAt(tile, at))).toEqual([0, 0, 1, 2, 3, 8]);
});

test('codes stay between the ends of their own group, and are 0 for what is no number', () => {
  const matrix = {
    ...{ rows: 1, columns: 4, block: 2 },
    values: Float32Array.of(9, -9, 9, Number.NaN),
    scales: Float32Array.of(1, 1),
    lowest: Int8Array.of(-3, -8),
    highest: Int8Array.of(4, 7),
  };
  const tile = tileOf(matrix, { row: 0, rows: 1, column: 0, columns: 4 });
  expect([...tile.codes]).toEqual([4, -3, 7, 0]);
});

test('errors are what codes and scales leave', () => {
  const matrix = griddedMatrix(3, 40, 16, 3);
  const tile = tileOf(matrix, { row: 0, rows: 3, column: 0, columns: 40 });
  for (const [at, error] of errorsOf(tile).entries()) {
    const scale = tile.scales[groupAt(tile, at)] ?? 0;
    expect(error).toBeCloseTo((matrix.values[at] ?? 0) - (tile.codes[at] ?? 0) * scale, 12);
    // Half a code, or a whole one at the end that has one code less.
    expect(Math.abs(error)).toBeLessThanOrEqual(Math.abs(scale) * 1.001);
  }
});
