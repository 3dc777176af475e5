/** Second moments of inputs, damped, and the triangular factor along which rounding walks. */
import { choleskyInPlace, transposedFactor } from './cholesky.ts';

/** Of H = E[x·xᵀ]. */
export interface Factor {
  /** Columns in the order in which the factor holds them: those with the largest inputs are last, and rounded first. */
  readonly order: Int32Array;
  /** R, upper triangular, row-major: H of the columns in that order is Rᵀ·R. */
  readonly upper: Float64Array;
}

/** The diagonal with `damping` times its mean added: directions that few samples showed are not free. */
export function dampedDiagonal(moments: Float64Array, size: number, damping: number): Float64Array {
  let mean = 0;
  for (let i = 0; i < size; i++) mean += (moments[i * size + i] ?? 0) / size;
  return Float64Array.from(
    { length: size },
    (_, i) => (moments[i * size + i] ?? 0) + damping * mean,
  );
}

/** With this diagonal. Undefined where all inputs were 0 or not finite: any rounding is as good. */
export function factorOf(moments: Float64Array, diagonal: Float64Array): Factor | undefined {
  const n = diagonal.length;
  const order = Int32Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => (diagonal[a] ?? 0) - (diagonal[b] ?? 0) || b - a,
  );
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = (order[i] ?? 0) * n;
    for (let j = 0; j < i; j++) matrix[i * n + j] = moments[row + (order[j] ?? 0)] ?? 0;
    matrix[i * n + i] = diagonal[order[i] ?? 0] ?? 0;
  }
  if (!choleskyInPlace(matrix, n)) return undefined;
  return { order, upper: transposedFactor(matrix, n) };
}
