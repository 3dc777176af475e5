/**
 * Rounding of weights by what it does to the output: ‖(W − Ŵ)·X‖² is made small, not ‖W − Ŵ‖².
 *
 * With H = X·Xᵀ = Lᵀ… the error is ‖R·(w − ŵ)‖², R upper triangular with H = RᵀR. Going from the last
 * column to the first, each weight takes over the errors of those behind it and is then rounded: Babai's
 * nearest plane, which equals GPTQ (Frantar et al., 2022) in the opposite order and needs no inverse of H. Columns
 * are put in order so that those with the largest activations are rounded first.
 */
import { dampedDiagonal, type Factor, factorOf } from './factor.ts';
import { obeysPairSum } from './overflow.ts';
import { roundHalfEven } from './range.ts';
import { chooseScale, type RowScale, type WeightLimits } from './weight-scale.ts';

/** A matrix of weights, an output channel a row. */
export interface WeightMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Row-major. */
  readonly values: Float32Array | Float64Array;
}

export interface RoundedWeights {
  readonly codes: Int8Array;
  /** One a row. */
  readonly scales: Float32Array;
}

export interface RoundOptions {
  readonly limits: WeightLimits;
  /** Smallest scale of each row, for its bias. */
  readonly least?: ArrayLike<number>;
  /**
   * Second moments of the inputs: one matrix, or several for consecutive blocks of as many columns, which
   * are then rounded apart. Row-major. Without them each weight is rounded to the nearest code.
   */
  readonly moments?: readonly Float64Array[];
  /** Whether scales that clip the largest weights are tried. */
  readonly shrinks?: boolean;
}

/**
 * Added to the diagonal, as a share of its mean: directions that few samples showed are not free. Much more
 * than the usual 1 %, which is best for weights alone: with 8-bit activations, errors that cancel on exact
 * inputs no longer do (PP-OCRv4 rec, decisions that agree: 99.0 % with 1 %, 99.3 % with 100 %, 99.1 % to the
 * nearest).
 */
const DAMPING = 1;
/** Rows rounded together: their errors stay in the cache while the factor streams by. */
const ROW_TILE = 32;
/** Attempts at a slightly coarser scale, 1 % each, where rounding broke the pair bound. */
const WIDENINGS = 10;

/** Codes and scales; deterministic. */
export function roundWeights(matrix: WeightMatrix, options: RoundOptions): RoundedWeights {
  const { rows, columns, values } = matrix;
  const { limits, moments = [], shrinks = true } = options;
  const size = columns / Math.max(1, moments.length);
  const diagonals = moments.map((moment) => dampedDiagonal(moment, size, DAMPING));
  const importance =
    moments.length === 0
      ? undefined
      : Float64Array.from(
          { length: columns },
          (_, i) => diagonals[Math.floor(i / size)]?.[i % size] ?? 0,
        );
  const scales: RowScale[] = [];
  for (let row = 0; row < rows; row++) {
    const weights = values.subarray(row * columns, (row + 1) * columns);
    scales.push(chooseScale(weights, importance, limits, options.least?.[row] ?? 0, shrinks));
  }
  const blocks: Block[] =
    moments.length === 0
      ? [{ start: 0, size: columns }]
      : moments.map((moment, index) => ({
          start: index * size,
          size,
          factor: factorOf(moment, diagonals[index] ?? new Float64Array(size)),
        }));
  const codes = new Int8Array(rows * columns);
  const round = (start: number, end: number): void => {
    for (const block of blocks) roundTile(matrix, block, scales, start, end, codes);
  };
  for (let start = 0; start < rows; start += ROW_TILE) {
    const end = Math.min(rows, start + ROW_TILE);
    round(start, end);
    for (let row = start; row < end; row++) {
      for (let attempt = 1; !isSafe(codes, row, columns, limits); attempt++) {
        scales[row] = widened(scales[row], limits, attempt);
        round(row, row + 1);
      }
    }
  }
  return { codes, scales: Float32Array.from(scales, ({ scale }) => scale) };
}

/** Columns that are rounded together. */
interface Block {
  readonly start: number;
  readonly size: number;
  /** Without, each weight is rounded by itself. */
  readonly factor?: Factor | undefined;
}

/** Errors that were moved to a neighbour can break the pair bound, which the scale was chosen for. */
function isSafe(
  codes: Int8Array,
  row: number,
  columns: number,
  { pairSum }: WeightLimits,
): boolean {
  return pairSum === null || obeysPairSum(codes, pairSum, row * columns, columns);
}

/** A slightly coarser scale; after some, half the pair bound as the largest code, which is always safe. */
function widened(scale: RowScale | undefined, limits: WeightLimits, attempt: number): RowScale {
  const { scale: before, highest } = scale ?? { scale: 1, highest: 0 };
  if (attempt <= WIDENINGS) return { scale: Math.fround(before * 1.01), highest };
  return { scale: before, highest: Math.min(highest, Math.floor((limits.pairSum ?? 0) / 2)) };
}

function roundTile(
  { columns, values }: WeightMatrix,
  { start: first, size, factor }: Block,
  scales: readonly RowScale[],
  start: number,
  end: number,
  codes: Int8Array,
): void {
  if (!factor) {
    for (let row = start; row < end; row++) {
      const { scale, highest } = scales[row] ?? { scale: 1, highest: 0 };
      for (let i = row * columns + first; i < row * columns + first + size; i++) {
        const code = roundHalfEven((values[i] ?? 0) / scale);
        codes[i] = Math.min(highest, Math.max(-highest, code));
      }
    }
    return;
  }
  const { order, upper } = factor;
  const errors = new Float64Array((end - start) * size);
  for (let at = size - 1; at >= 0; at--) {
    const column = first + (order[at] ?? 0);
    const factorRow = at * size;
    const diagonal = upper[factorRow + at] ?? 1;
    for (let row = start; row < end; row++) {
      const errorRow = (row - start) * size;
      let even = 0;
      let odd = 0;
      let j = at + 1;
      for (; j + 1 < size; j += 2) {
        even += (upper[factorRow + j] as number) * (errors[errorRow + j] as number);
        odd += (upper[factorRow + j + 1] as number) * (errors[errorRow + j + 1] as number);
      }
      if (j < size) even += (upper[factorRow + j] as number) * (errors[errorRow + j] as number);
      const weight = values[row * columns + column] ?? 0;
      const { scale, highest } = scales[row] ?? { scale: 1, highest: 0 };
      const wanted = roundHalfEven((weight + (even + odd) / diagonal) / scale);
      const code = Math.min(highest, Math.max(-highest, wanted));
      codes[row * columns + column] = code;
      errors[errorRow + at] = weight - code * scale;
    }
  }
}
