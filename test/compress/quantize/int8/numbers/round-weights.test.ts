import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../../../../../shared/base/random.ts';
import { obeysPairSum } from '../../../../../shared/compress/quantize/int8/numbers/overflow.ts';
import {
  type RoundedWeights,
  roundWeights,
  type WeightMatrix,
} from '../../../../../shared/compress/quantize/int8/numbers/round-weights.ts';
import { correlated, inverseOf, sideBySide } from '../../_moments.ts';

const EIGHT_BITS = { highest: 127, pairSum: null };
const NO_OVERFLOW = { highest: 127, pairSum: 128 };

function matrixOf(rows: number, columns: number, seed: number): WeightMatrix {
  const random = createRandom(seed, 'weights');
  return {
    rows,
    columns,
    values: Float32Array.from({ length: rows * columns }, () => random.normal()),
  };
}

const identity = (n: number, size = 1): Float64Array =>
  Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? size : 0));

/** Σ over rows of (w − ŵ)ᵀ·E[x·xᵀ]·(w − ŵ): the mean square of what rounding does to the outputs. */
function outputError(matrix: WeightMatrix, rounded: RoundedWeights, moments: Float64Array): number {
  const { rows, columns, values } = matrix;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const errors = Array.from({ length: columns }, (_, column) => {
      const at = row * columns + column;
      return (values[at] ?? 0) - (rounded.codes[at] ?? 0) * (rounded.scales[row] ?? 0);
    });
    for (const [i, a] of errors.entries())
      for (const [j, b] of errors.entries()) sum += a * b * (moments[i * columns + j] ?? 0);
  }
  return sum;
}

/**
 * GPTQ as published, of one row: rounds the column with the largest moment, lets the others make up for it by
 * the inverse of H, and takes it from the inverse. H has its mean on the diagonal added, as in the source.
 */
function gptq(
  weights: Float32Array | Float64Array,
  moments: Float64Array,
  scale: number,
): Int8Array {
  const n = weights.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += (moments[i * n + i] ?? 0) / n;
  const inverse = inverseOf(
    moments.map((value, at) => (at % (n + 1) === 0 ? value + mean : value)),
  );
  const left = Float64Array.from(weights);
  const codes = new Int8Array(n);
  const order = Array.from({ length: n }, (_, i) => i).toSorted(
    (a, b) => (moments[b * n + b] ?? 0) - (moments[a * n + a] ?? 0),
  );
  for (const q of order) {
    const code = Math.min(127, Math.max(-127, Math.round((left[q] ?? 0) / scale)));
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
  return codes;
}

test('without moments every weight has its nearest code, and the largest weight the largest code', () => {
  const values = Float32Array.of(1.27, -0.304, 0.006, -2.54, 0.03, 0.246);
  const matrix = { rows: 2, columns: 3, values };
  const { codes, scales } = roundWeights(matrix, { limits: EIGHT_BITS, shrinks: false });
  expect([...codes]).toEqual([127, -30, 1, -127, 2, 12]);
  expect([...scales]).toEqual([0.01, 0.02].map(Math.fround));
});

test('inputs that have nothing in common give the nearest codes', () => {
  const matrix = matrixOf(40, 33, 1);
  const nearest = roundWeights(matrix, { limits: EIGHT_BITS });
  const given = { limits: EIGHT_BITS, moments: [identity(33, 4)] };
  expect(roundWeights(matrix, given)).toEqual(nearest);
});

test.each([0, Number.NaN, Number.POSITIVE_INFINITY])(
  'inputs whose moments are %d give the nearest codes',
  (size) => {
    const matrix = matrixOf(3, 8, 2);
    const options = { limits: EIGHT_BITS, shrinks: false };
    const given = { ...options, moments: [identity(8, size)] };
    expect(roundWeights(matrix, given)).toEqual(roundWeights(matrix, options));
  },
);

test.each([1, 2, 3])('is GPTQ, code for code: seed %i', (seed) => {
  const matrix = matrixOf(4, 37, seed);
  const moments = correlated(37, seed);
  const { codes, scales } = roundWeights(matrix, { limits: EIGHT_BITS, moments: [moments] });
  const nearest = roundWeights(matrix, { limits: EIGHT_BITS, shrinks: false });
  expect(codes).not.toEqual(nearest.codes);
  for (const [row, scale] of scales.entries()) {
    const weights = matrix.values.subarray(row * 37, (row + 1) * 37);
    expect(codes.subarray(row * 37, (row + 1) * 37)).toEqual(gptq(weights, moments, scale));
  }
});

test('is GPTQ from the first column on where no input is larger than another', () => {
  const moments = correlated(12, 8);
  const even = moments.map((value, at) => {
    const [i, j] = [Math.floor(at / 12), at % 12];
    return i === j ? 1 : value / Math.sqrt((moments[i * 13] ?? 0) * (moments[j * 13] ?? 0));
  });
  const matrix = matrixOf(1, 12, 8);
  const { codes, scales } = roundWeights(matrix, { limits: EIGHT_BITS, moments: [even] });
  expect(codes).toEqual(gptq(matrix.values, even, scales[0] ?? 0));
});

test.each([1, 2, 3, 4, 5])('does less to the outputs than the nearest codes: seed %i', (seed) => {
  const matrix = matrixOf(16, 48, seed);
  const moments = correlated(48, seed);
  for (const limits of [EIGHT_BITS, NO_OVERFLOW, { highest: 7, pairSum: null }]) {
    const nearest = outputError(matrix, roundWeights(matrix, { limits }), moments);
    const found = outputError(
      matrix,
      roundWeights(matrix, { limits, moments: [moments] }),
      moments,
    );
    // Measured: 0.07 to 0.24 of it.
    expect(found).toBeLessThan(0.4 * nearest);
  }
});

test('codes stay within the limits, and pairs within their bound, also with far weights', () => {
  const size = fc.integer({ min: 2, max: 10 });
  const limits = fc.constantFrom(EIGHT_BITS, NO_OVERFLOW, { highest: 7, pairSum: 8 });
  fc.assert(
    fc.property(size, fc.nat(1000), limits, fc.nat(9), (columns, seed, limit, far) => {
      const matrix = matrixOf(3, columns, seed);
      matrix.values[far % columns] = 20;
      const { codes, scales } = roundWeights(matrix, {
        limits: limit,
        moments: [correlated(columns, seed, 3)],
      });
      expect(Math.max(...codes.map(Math.abs))).toBeLessThanOrEqual(limit.highest);
      expect(scales.every((scale) => scale > 0 && Number.isFinite(scale))).toBe(true);
      for (let row = 0; row < 3 && limit.pairSum !== null; row++)
        expect(obeysPairSum(codes, limit.pairSum, row * columns, columns)).toBe(true);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('a scale is 1 % coarser where an error that was moved would break the pair bound', () => {
  // The first input is 8 times the second, so that four codes of the second make up for half a code of the
  // first but for what is added to the diagonal: 1 or 2.
  const [n, pairs] = [64, 127];
  const moments = new Float64Array(n * n);
  for (const [at, value] of [64, 8].entries()) moments[at] = value;
  for (const [at, value] of [8, 1].entries()) moments[n + at] = value;
  const values = new Float32Array(n);
  for (const [at, code] of [1.45, 1.34, 127].entries()) values[at] = code / 127;
  const { codes, scales } = roundWeights(
    { rows: 1, columns: n, values },
    { limits: NO_OVERFLOW, moments: [moments], shrinks: false },
  );
  // At the finest scale for the pair 127 + 1.45, the codes would be 1, 3 and 126: 129.
  expect([...codes.subarray(0, 3)]).toEqual([1, 3, 124]);
  const finest = Math.fround((1 + (values[0] ?? 0)) / pairs);
  expect(scales[0]).toBe(Math.fround(finest * 1.01));
});

test('rows do not depend on those beside them, whole tiles or not', () => {
  const matrix = matrixOf(67, 9, 4);
  const moments = [correlated(9, 4)];
  const { codes, scales } = roundWeights(matrix, { limits: NO_OVERFLOW, moments });
  for (let row = 0; row < 67; row++) {
    const values = matrix.values.subarray(row * 9, (row + 1) * 9);
    const alone = roundWeights({ rows: 1, columns: 9, values }, { limits: NO_OVERFLOW, moments });
    expect(codes.subarray(row * 9, (row + 1) * 9)).toEqual(alone.codes);
    expect(scales[row]).toBe(alone.scales[0]);
  }
});

test('blocks of columns are rounded as their one matrix with zeros between them', () => {
  const [size, rows] = [6, 20];
  const one = correlated(size, 5);
  // The other way round has the same mean on its diagonal, which is what is added to it.
  const other = one.toReversed();
  const whole = sideBySide(one, other);
  const matrix = matrixOf(rows, 2 * size, 6);
  const blocks = roundWeights(matrix, { limits: EIGHT_BITS, moments: [one, other] });
  expect(blocks).toEqual(roundWeights(matrix, { limits: EIGHT_BITS, moments: [whole] }));
  expect(blocks).not.toEqual(roundWeights(matrix, { limits: EIGHT_BITS, moments: [one, one] }));
});

test('the scale serves the block with the larger inputs', () => {
  const matrix = { rows: 1, columns: 4, values: Float32Array.of(0.35, 0.7, 1, 0.02) };
  const limits = { highest: 10, pairSum: null };
  const scaleFor = (first: number, second: number): number =>
    roundWeights(matrix, { limits, moments: [identity(2, first), identity(2, second)] })
      .scales[0] ?? 0;
  // Multiples of 0.07 in the first block; the second has a weight of 1.
  expect(scaleFor(1e6, 1)).toBe(Math.fround(0.07));
  expect(scaleFor(1, 1e6)).toBeGreaterThan(0.09);
});

test('no scale is below the one its bias needs', () => {
  const least = [0.25, 0, 0.5];
  const given = { limits: EIGHT_BITS, moments: [correlated(8, 7)], least };
  const { scales } = roundWeights(matrixOf(3, 8, 7), given);
  expect([scales[0], scales[2]]).toEqual([0.25, 0.5]);
  expect(scales[1]).toBeLessThan(0.05);
});
