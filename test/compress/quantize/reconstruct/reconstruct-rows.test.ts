import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reconstructRows } from '../../../../shared/compress/quantize/reconstruct/reconstruct-rows.ts';
import { correlated, sideBySide } from '../_moments.ts';
import { allCodes, damped, griddedMatrix, nearestCodes, outputError } from './_forms.ts';

test('the error of a row is never larger than with the nearest codes, and the grid is kept', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom(4, 8, 16, 64),
      fc.nat(1000),
      fc.constantFrom(0, 1, 20),
      (columns, block, seed, far) => {
        const matrix = griddedMatrix(3, columns, block, seed);
        // Some weights far outside of the codes.
        if (far > 0) matrix.values[seed % columns] = far;
        const products = correlated(columns, seed, 5);
        const found = reconstructRows(
          matrix,
          { size: columns, products: [products] },
          { damping: 0.1 },
        );
        const nearest = { codes: nearestCodes(matrix), scales: matrix.scales };
        const moments = damped(products, 0.1);
        for (let row = 0; row < 3; row++) {
          const before = outputError(matrix, nearest, moments, row);
          expect(outputError(matrix, found, moments, row)).toBeLessThanOrEqual(before + 1e-9);
        }
        expect(Math.min(...found.codes)).toBeGreaterThanOrEqual(-8);
        expect(Math.max(...found.codes)).toBeLessThanOrEqual(7);
      },
    ),
    { seed: 1, numRuns: 150 },
  );
});

test('near the best of all codes, where they can be counted', () => {
  let found = 0;
  let best = 0;
  let nearest = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const columns = 6;
    const matrix = {
      ...griddedMatrix(1, columns, columns, seed),
      lowest: Int8Array.of(-2),
      highest: Int8Array.of(1),
    };
    matrix.scales[0] = (matrix.scales[0] ?? 0) * 4;
    const products = correlated(columns, seed);
    const moments = damped(products, 0.01);
    const one = reconstructRows(matrix, { size: columns, products: [products] }, { damping: 0.01 });
    found += outputError(matrix, one, moments);
    nearest += outputError(matrix, { codes: nearestCodes(matrix), scales: matrix.scales }, moments);
    let least = Number.POSITIVE_INFINITY;
    for (const codes of allCodes(columns, -2, 1)) {
      const candidate = { codes: Int8Array.from(codes), scales: one.scales };
      least = Math.min(least, outputError(matrix, candidate, moments));
    }
    best += least;
  }
  expect(found).toBeLessThan(1.2 * best);
  expect(found).toBeLessThan(0.3 * nearest);
});

test('parts of the columns are rounded as by one matrix with zeros between them', () => {
  const [size, rows] = [16, 9];
  const one = correlated(size, 5);
  // The other way round has the same mean on its diagonal, which is what is added to it.
  const other = one.toReversed();
  const whole = sideBySide(one, other);
  const matrix = griddedMatrix(rows, 2 * size, 8, 6);
  const parts = reconstructRows(matrix, { size, products: [one, other] }, { damping: 0.01 });
  const total = (found: typeof parts): number =>
    Array.from({ length: rows }, (_, row) => outputError(matrix, found, whole, row)).reduce(
      (sum, error) => sum + error,
      0,
    );
  const together = reconstructRows(
    matrix,
    { size: 2 * size, products: [whole] },
    { damping: 0.01 },
  );
  // A row may stop one sweep later when its parts go together.
  expect(total(parts)).toBeLessThan(1.02 * total(together));
  expect(total(parts)).toBeLessThan(
    0.6 * total(reconstructRows(matrix, { size, products: [other, one] }, { damping: 0.01 })),
  );
});

test('rows do not depend on those beside them, whole tiles or not', () => {
  const matrix = griddedMatrix(67, 20, 8, 4);
  const inputs = { size: 20, products: [correlated(20, 4)] };
  const { codes, scales } = reconstructRows(matrix, inputs, { damping: 0.01 });
  for (const row of [0, 31, 32, 63, 66]) {
    const groups = 3;
    const own = <T extends Int8Array | Float32Array>(from: T, width: number) =>
      from.subarray(row * width, (row + 1) * width);
    const alone = reconstructRows(
      {
        ...{ rows: 1, columns: 20, block: 8 },
        values: matrix.values.subarray(row * 20, (row + 1) * 20),
        scales: matrix.scales.subarray(row * groups, (row + 1) * groups),
        lowest: matrix.lowest.subarray(row * groups, (row + 1) * groups),
        highest: matrix.highest.subarray(row * groups, (row + 1) * groups),
      },
      inputs,
      { damping: 0.01 },
    );
    expect([...own(codes, 20)]).toEqual([...alone.codes]);
    expect([...own(scales, groups)]).toEqual([...alone.scales]);
  }
});

test('parts that would share a scale are refused', () => {
  const products = [correlated(12, 1), correlated(12, 2)];
  expect(() =>
    reconstructRows(griddedMatrix(2, 24, 24, 1), { size: 12, products }, { damping: 0.01 }),
  ).toThrow('parts of 12 columns do not hold whole groups of 24');
});

test.each([0, Number.NaN])('moments of %d give the nearest codes', (value) => {
  const matrix = griddedMatrix(4, 12, 8, 3);
  const products = [new Float64Array(144).fill(value)];
  const found = reconstructRows(matrix, { size: 12, products }, { damping: 0.01 });
  expect([...found.codes]).toEqual([...nearestCodes(matrix)]);
  expect([...found.scales]).toEqual([...matrix.scales]);
});

test('inputs that have nothing in common and one size give each group its own best scale', () => {
  const matrix = griddedMatrix(6, 16, 16, 2);
  const identity = Float64Array.from({ length: 256 }, (_, at) => (at % 17 === 0 ? 1 : 0));
  const { codes, scales } = reconstructRows(
    matrix,
    { size: 16, products: [identity] },
    { damping: 0 },
  );
  for (let row = 0; row < 6; row++) {
    let product = 0;
    let square = 0;
    for (let i = 0; i < 16; i++) {
      const code = codes[row * 16 + i] ?? 0;
      product += code * (matrix.values[row * 16 + i] ?? 0);
      square += code * code;
    }
    expect(scales[row]).toBeCloseTo(product / square, 5);
  }
});

test('scales stay where that is wanted, and codes are better all the same', () => {
  const matrix = griddedMatrix(7, 32, 16, 8);
  const products = correlated(32, 8);
  const inputs = { size: 32, products: [products] };
  const kept = reconstructRows(matrix, inputs, { damping: 0.01, keepsScales: true });
  expect([...kept.scales]).toEqual([...matrix.scales]);
  const nearest = { codes: nearestCodes(matrix), scales: matrix.scales };
  const free = reconstructRows(matrix, inputs, { damping: 0.01 });
  const total = (found: typeof free): number =>
    Array.from({ length: 7 }, (_, row) => outputError(matrix, found, products, row)).reduce(
      (sum, error) => sum + error,
      0,
    );
  expect(total(kept)).toBeLessThan(0.5 * total(nearest));
  expect(total(free)).toBeLessThan(total(kept));
});
