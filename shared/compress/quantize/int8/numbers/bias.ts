/** Biases as 32-bit integers: their scale is fixed by those of the input and the weights. */
import { roundHalfEven } from './range.ts';

/** The scale of a code of 32 bits must not be smaller than the bias needs; a ten-thousandth is kept spare. */
const SPARE = 1.0001;
const HIGHEST = 2 ** 31 - 1;

/**
 * The smallest scales of the weights, a row each, with which the bias fits: |bias| / (input · weight) <
 * 2³¹. Source: onnxruntime `qdq_quantizer.adjust_weight_scale_for_int32_bias`.
 */
export function leastWeightScales(bias: ArrayLike<number>, inputScale: number): Float64Array {
  return Float64Array.from(
    { length: bias.length },
    (_, row) => (Math.abs(bias[row] ?? 0) * SPARE) / HIGHEST / inputScale,
  );
}

/** Codes of the bias: `real = code · inputScale · weightScale`, the product rounded to float32 as kernels do. */
export function biasCodes(
  bias: ArrayLike<number>,
  inputScale: number,
  weightScales: ArrayLike<number>,
): { readonly codes: Int32Array; readonly scales: Float32Array } {
  const scales = Float32Array.from(
    { length: bias.length },
    (_, row) => inputScale * (weightScales[weightScales.length === 1 ? 0 : row] ?? 1),
  );
  const codes = Int32Array.from({ length: bias.length }, (_, row) => {
    const code = roundHalfEven((bias[row] ?? 0) / (scales[row] ?? 1));
    return Math.min(HIGHEST, Math.max(-HIGHEST, code));
  });
  return { codes, scales };
}
