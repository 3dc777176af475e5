/** Second moments of inputs, and what is slow and surely right about them. */
import { createRandom } from '../../../shared/base/random.ts';

/** E[x·xᵀ] of inputs that move together, each by its own size. */
export function correlated(columns: number, seed: number, samples = 200): Float64Array {
  const random = createRandom(seed, 'inputs');
  const sizes = Array.from({ length: columns }, () => 0.5 + 2 * random.float());
  const moments = new Float64Array(columns * columns);
  for (let sample = 0; sample < samples; sample++) {
    const common = random.normal();
    const input = sizes.map((size) => size * (common + 0.3 * random.normal()));
    for (let at = 0; at < moments.length; at++) {
      const product = (input[Math.floor(at / columns)] ?? 0) * (input[at % columns] ?? 0);
      moments[at] = (moments[at] ?? 0) + product / samples;
    }
  }
  return moments;
}

/** Two of equal size, that have nothing in common, as one. */
export function sideBySide(one: Float64Array, other: Float64Array): Float64Array {
  const size = Math.sqrt(one.length);
  return Float64Array.from({ length: 4 * size * size }, (_, at) => {
    const [i, j] = [Math.floor(at / (2 * size)), at % (2 * size)];
    if (i < size !== j < size) return 0;
    return (i < size ? one : other)[(i % size) * size + (j % size)] ?? 0;
  });
}

/** By Gauss and Jordan. */
export function inverseOf(matrix: Float64Array): number[][] {
  const n = Math.sqrt(matrix.length);
  const rows = Array.from({ length: n }, (_, i) => [
    ...matrix.subarray(i * n, (i + 1) * n),
    ...Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)),
  ]);
  for (const [pivot, from] of rows.entries()) {
    const size = from[pivot] ?? 0;
    for (const [k, value] of from.entries()) from[k] = value / size;
    for (const [i, into] of rows.entries()) {
      const factor = into[pivot] ?? 0;
      if (i !== pivot)
        for (const [k, value] of into.entries()) into[k] = value - factor * (from[k] ?? 0);
    }
  }
  return rows.map((row) => row.slice(n));
}
