import { describe, expect, it } from 'vitest';
import { obeysPairSum } from '../../../../../shared/compress/quantize/int8/numbers/overflow.ts';
import { quantizeRows } from '../../../../../shared/compress/quantize/weights/kernels/int8-rows.ts';
import { float32Tensor } from '../../../../../shared/onnx/make-tensor.ts';
import { normals } from '../../_numeric.ts';

const rows = 70;
const columns = 45;
const values = normals(rows * columns);
const tensor = float32Tensor('w', [rows, columns], values);
const NO_OVERFLOW = { highest: 127, pairSum: 128 };

describe('quantizeRows', () => {
  it('lays codes out as [columns, rows], close to the weights', () => {
    const { codes, scales } = quantizeRows(
      tensor,
      { rows, columns, transposed: false },
      NO_OVERFLOW,
    );
    let error = 0;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const code = codes[column * rows + row] ?? 0;
        error += (code * (scales[row] ?? 0) - (values[row * columns + column] ?? 0)) ** 2;
      }
    }
    expect(Math.sqrt(error / values.length)).toBeLessThan(0.02);
  });

  it('gives the same for the same weights stored the other way', () => {
    const stored = new Float32Array(values.length);
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        stored[column * rows + row] = values[row * columns + column] ?? 0;
    const other = float32Tensor('w', [columns, rows], stored);
    expect(quantizeRows(other, { rows, columns, transposed: true }, NO_OVERFLOW)).toEqual(
      quantizeRows(tensor, { rows, columns, transposed: false }, NO_OVERFLOW),
    );
  });

  it('keeps every two weights of a row from overflowing, where asked', () => {
    const check = (limits: { highest: number; pairSum: number | null }): boolean => {
      const { codes } = quantizeRows(tensor, { rows, columns, transposed: false }, limits);
      return Array.from({ length: rows }, (_, row) =>
        obeysPairSum(
          Array.from({ length: columns }, (_, column) => codes[column * rows + row] ?? 0),
          128,
        ),
      ).every(Boolean);
    };
    expect(check(NO_OVERFLOW)).toBe(true);
    expect(check({ highest: 127, pairSum: null })).toBe(false);
  });

  it('keeps parts apart', () => {
    const whole = quantizeRows(tensor, { rows, columns, transposed: false }, NO_OVERFLOW);
    const parts = quantizeRows(tensor, { rows, columns, transposed: false }, NO_OVERFLOW, 2);
    const half = rows / 2;
    expect(parts.codes[half * columns + 3 * half + 4]).toBe(whole.codes[3 * rows + half + 4]);
    expect(parts.scales).toEqual(whole.scales);
  });
});
