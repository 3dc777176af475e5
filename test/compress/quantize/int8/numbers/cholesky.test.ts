import { expect, test } from 'vitest';
import { createRandom } from '../../../../../shared/base/random.ts';
import {
  choleskyInPlace,
  transposedFactor,
} from '../../../../../shared/compress/quantize/int8/numbers/cholesky.ts';

/** A·Aᵀ + 1 of normal numbers: symmetric positive definite. */
function positiveDefinite(n: number): Float64Array {
  const random = createRandom(n, 'cholesky');
  const a = Float64Array.from({ length: n * n }, () => random.normal());
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [row, column] = [Math.floor(at / n), at % n];
    let sum = row === column ? 1 : 0;
    for (let k = 0; k < n; k++) sum += (a[row * n + k] ?? 0) * (a[column * n + k] ?? 0);
    return sum;
  });
}

/** Element [row, column] of L·Lᵀ, from the lower triangle alone. */
function productAt(lower: Float64Array, n: number, row: number, column: number): number {
  let sum = 0;
  for (let k = 0; k <= Math.min(row, column); k++)
    sum += (lower[row * n + k] ?? 0) * (lower[column * n + k] ?? 0);
  return sum;
}

/** The unknowns of matrix · x = right by Gauss's elimination, without pivots. */
function eliminate(matrix: Float64Array, right: readonly number[]): number[] {
  const n = right.length;
  const rows = right.map((value, row) => [...matrix.subarray(row * n, (row + 1) * n), value]);
  for (const [pivot, from] of rows.entries()) {
    for (const [row, into] of rows.entries()) {
      if (row === pivot) continue;
      const factor = (into[pivot] ?? 0) / (from[pivot] ?? 0);
      for (let k = pivot; k <= n; k++) into[k] = (into[k] ?? 0) - factor * (from[k] ?? 0);
    }
  }
  return rows.map((row, at) => (row[n] ?? 0) / (row[at] ?? 0));
}

test('the factor of a matrix of integers is the one known by hand', () => {
  const matrix = Float64Array.of(4, 12, -16, 12, 37, -43, -16, -43, 98);
  expect(choleskyInPlace(matrix, 3)).toBe(true);
  expect([...transposedFactor(matrix, 3)]).toEqual([2, 6, -8, 0, 1, 5, 0, 0, 3]);
});

// Around the tile of 32: none, one less, whole, one more, an odd rest, three tiles and a rest.
test.each([1, 2, 31, 32, 33, 65, 101])('L·Lᵀ is the matrix again, of %i rows', (n) => {
  const matrix = positiveDefinite(n);
  const lower = matrix.slice();
  expect(choleskyInPlace(lower, n)).toBe(true);
  for (let row = 0; row < n; row++) {
    expect(lower[row * n + row]).toBeGreaterThan(0);
    for (let column = 0; column <= row; column++) {
      // n roundings of doubles of the size of the diagonal, which is about n: below 101² · 2^-52 = 3e-12.
      const error = productAt(lower, n, row, column) - (matrix[row * n + column] ?? 0);
      expect(Math.abs(error)).toBeLessThan(1e-11);
    }
  }
});

test('what lies above the diagonal is not read or written', () => {
  const n = 70;
  const whole = positiveDefinite(n);
  const mark = (value: number, at: number): number => (at % n > Math.floor(at / n) ? 1234 : value);
  const marked = whole.map(mark);
  expect(choleskyInPlace(whole, n)).toBe(true);
  expect(choleskyInPlace(marked, n)).toBe(true);
  expect(marked).toEqual(whole.map(mark));
});

test('two triangles solve what elimination solves', () => {
  const n = 40;
  const matrix = positiveDefinite(n);
  const right = Array.from({ length: n }, (_, at) => Math.cos(at));
  const wanted = eliminate(matrix, right);
  const lower = matrix.slice();
  choleskyInPlace(lower, n);
  const upper = transposedFactor(lower, n);
  const found = [...right];
  for (let row = 0; row < n; row++) {
    for (let k = 0; k < row; k++)
      found[row] = (found[row] ?? 0) - (upper[k * n + row] ?? 0) * (found[k] ?? 0);
    found[row] = (found[row] ?? 0) / (upper[row * n + row] ?? 0);
  }
  for (let row = n - 1; row >= 0; row--) {
    for (let k = row + 1; k < n; k++)
      found[row] = (found[row] ?? 0) - (upper[row * n + k] ?? 0) * (found[k] ?? 0);
    found[row] = (found[row] ?? 0) / (upper[row * n + row] ?? 0);
  }
  // Eigenvalues are from 1 to about 4n, so that roundings of 1e-16 grow by less than 1e4.
  for (const [row, value] of found.entries()) expect(value).toBeCloseTo(wanted[row] ?? NaN, 11);
});

test.each([
  ['zeros', [0, 0, 0, 0]],
  ['a matrix of rank 1', [1, 1, 1, 1]],
  ['a negative diagonal', [-1, 0, 0, 1]],
  ['an indefinite matrix with a positive diagonal', [1, 2, 2, 1]],
  ['NaN', [1, Number.NaN, Number.NaN, 1]],
])('%s: is not positive definite', (_, matrix) => {
  expect(choleskyInPlace(Float64Array.from(matrix), 2)).toBe(false);
});

test('one direction that is missing is found behind the first tile too', () => {
  const n = 70;
  const matrix = Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
  expect(choleskyInPlace(matrix.slice(), n)).toBe(true);
  // Column 69 is column 3 again.
  matrix[69 * n + 3] = 1;
  matrix[3 * n + 69] = 1;
  expect(choleskyInPlace(matrix, n)).toBe(false);
});
