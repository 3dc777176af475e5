/** 8-bit codes with one scale for each output channel, within what a kernel's sums can hold; laid out as products read them. */
import type { StoredTensor } from '../../../../onnx/stored-tensor.ts';
import { floatValues } from '../../../../onnx/tensor-data.ts';
import { roundWeights } from '../../int8/numbers/round-weights.ts';
import type { WeightLimits } from '../../int8/numbers/weight-scale.ts';

export interface RowShape {
  /** Output channels. */
  readonly rows: number;
  /** Weights in each. */
  readonly columns: number;
  /** Stored as [columns, rows]. */
  readonly transposed: boolean;
}

export interface Int8Rows {
  /** `[parts, columns, rows / parts]`: a column of codes for each output channel. */
  readonly codes: Int8Array;
  /** One a row. */
  readonly scales: Float32Array;
}

/** `parts`: rows are divided into as many matrices, one behind the other. */
export function quantizeRows(
  tensor: StoredTensor,
  { rows, columns, transposed }: RowShape,
  limits: WeightLimits,
  parts = 1,
): Int8Rows {
  const stored = floatValues(tensor);
  const values = transposed
    ? transpose(stored, new Float32Array(stored.length), columns, rows)
    : stored;
  const rounded = roundWeights({ rows, columns, values }, { limits });
  const codes = new Int8Array(rounded.codes.length);
  const size = codes.length / parts;
  for (let part = 0; part < parts; part++)
    transpose(
      rounded.codes.subarray(part * size, (part + 1) * size),
      codes.subarray(part * size, (part + 1) * size),
      rows / parts,
      columns,
    );
  return { codes, scales: rounded.scales };
}

/** [rows, columns] → [columns, rows], in squares that stay in the CPU's cache. */
function transpose<T extends Float32Array | Int8Array>(
  from: T,
  to: T,
  rows: number,
  columns: number,
): T {
  const side = 32;
  for (let top = 0; top < rows; top += side) {
    const bottom = Math.min(rows, top + side);
    for (let left = 0; left < columns; left += side) {
      const right = Math.min(columns, left + side);
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++)
          to[column * rows + row] = from[row * columns + column] as number;
      }
    }
  }
  return to;
}
