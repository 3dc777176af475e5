/** Weights that, on quantized inputs, give what the float weights give on float inputs. */
import { choleskyInPlace } from './cholesky.ts';

/**
 * W* = W + W·(C − P)·(P + λI)⁻¹, the least-squares answer to W*·x̂ ≈ W·x, drawn towards W where few
 * samples tell. P = E[x̂·x̂ᵀ] and C = E[x·x̂ᵀ] are row-major [n, n]. Changes `weights` (rows of n numbers) in
 * place; leaves them as they are when P + λI is not positive definite.
 */
export function fitWeights(
  weights: Float64Array,
  products: Float64Array,
  crossed: Float64Array,
  ridge: number,
): void {
  const n = Math.round(Math.sqrt(products.length));
  const factor = Float64Array.from(products);
  for (let i = 0; i < n; i++) factor[i * n + i] = (factor[i * n + i] ?? 0) + ridge;
  if (!choleskyInPlace(factor, n)) return;
  const shift = new Float64Array(n);
  for (let start = 0; start < weights.length; start += n) {
    shift.fill(0);
    for (let k = 0; k < n; k++) {
      const weight = weights[start + k] as number;
      if (weight === 0) continue;
      for (let i = 0; i < n; i++) {
        const at = k * n + i;
        shift[i] =
          (shift[i] as number) + weight * ((crossed[at] as number) - (products[at] as number));
      }
    }
    solve(factor, shift, n);
    for (let i = 0; i < n; i++)
      weights[start + i] = (weights[start + i] as number) + (shift[i] as number);
  }
}

/** L·Lᵀ·x = b, in place. */
function solve(factor: Float64Array, vector: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    let sum = vector[i] as number;
    for (let k = 0; k < i; k++) sum -= (factor[i * n + k] as number) * (vector[k] as number);
    vector[i] = sum / (factor[i * n + i] as number);
  }
  for (let i = n - 1; i >= 0; i--) {
    const value = (vector[i] as number) / (factor[i * n + i] as number);
    vector[i] = value;
    for (let k = 0; k < i; k++)
      vector[k] = (vector[k] as number) - (factor[i * n + k] as number) * value;
  }
}
