/** Inputs that lie together, matrices on grids of 4 bits, and what rounding does to outputs, slowly. */
import { createRandom } from '../../../../shared/base/random.ts';
import {
  type GriddedMatrix,
  groupsOf,
} from '../../../../shared/compress/quantize/reconstruct/grid.ts';

/** `damping` times its mean added to the diagonal. */
export function damped(moments: Float64Array, damping: number): Float64Array {
  const n = Math.sqrt(moments.length);
  let mean = 0;
  for (let i = 0; i < n; i++) mean += (moments[i * n + i] ?? 0) / n;
  return moments.map((value, at) => (at % (n + 1) === 0 ? value + damping * mean : value));
}

/** Normal weights; the largest of each group at −8 or 8 of its codes, as int4 has them. */
export function griddedMatrix(
  rows: number,
  columns: number,
  block: number,
  seed: number,
): GriddedMatrix {
  const random = createRandom(seed, 'weights');
  const values = Float32Array.from({ length: rows * columns }, () => random.normal());
  const groups = groupsOf({ columns, block });
  const scales = new Float32Array(rows * groups);
  for (let row = 0; row < rows; row++) {
    for (let group = 0; group < groups; group++) {
      const end = row * columns + Math.min(columns, (group + 1) * block);
      const own = values.slice(row * columns + group * block, end);
      const extreme = own.reduce((far, one) => (Math.abs(one) > Math.abs(far) ? one : far), 0);
      scales[row * groups + group] = -extreme / 8;
    }
  }
  return {
    ...{ rows, columns, values, block, scales },
    lowest: new Int8Array(rows * groups).fill(-8),
    highest: new Int8Array(rows * groups).fill(7),
  };
}

/** (w − ŵ)·H·(w − ŵ)ᵀ of one row. */
export function outputError(
  { columns, values, block }: Pick<GriddedMatrix, 'columns' | 'values' | 'block'>,
  { codes, scales }: { readonly codes: Int8Array; readonly scales: ArrayLike<number> },
  moments: Float64Array,
  row = 0,
): number {
  const groups = groupsOf({ columns, block });
  const errors = Array.from({ length: columns }, (_, column) => {
    const scale = scales[row * groups + Math.floor(column / block)] ?? 0;
    return (values[row * columns + column] ?? 0) - (codes[row * columns + column] ?? 0) * scale;
  });
  let sum = 0;
  for (const [i, a] of errors.entries())
    for (const [j, b] of errors.entries()) sum += a * b * (moments[i * columns + j] ?? 0);
  return sum;
}

/** Each weight at its nearest code. */
export function nearestCodes({
  rows,
  columns,
  values,
  block,
  scales,
  lowest,
  highest,
}: GriddedMatrix): Int8Array {
  const groups = groupsOf({ columns, block });
  return Int8Array.from({ length: rows * columns }, (_, at) => {
    const group = Math.floor(at / columns) * groups + Math.floor((at % columns) / block);
    const code = Math.round((values[at] ?? 0) / (scales[group] ?? 1));
    return Math.min(highest[group] ?? 0, Math.max(lowest[group] ?? 0, code));
  });
}

/** Every way to give `columns` weights codes between two ends. */
export function* allCodes(columns: number, lowest: number, highest: number): Generator<number[]> {
  if (columns === 0) {
    yield [];
    return;
  }
  for (const rest of allCodes(columns - 1, lowest, highest))
    for (let code = lowest; code <= highest; code++) yield [...rest, code];
}
