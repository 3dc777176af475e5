/** The weights of one node as integers: to the nearest code, or by output error where moments are given. */
import { floatValues } from '../../../onnx/tensor-data.ts';
import { type RoundedWeights, roundWeights } from './numbers/round-weights.ts';
import type { WeightLimits } from './numbers/weight-scale.ts';
import type { InputMoments } from './statistics/collect-moments.ts';
import { type WeightedNode, weightMatrix } from './weighted-nodes.ts';

/** Weights that were rounded beforehand, and a bias that makes up for the mean of their error. */
export interface PreparedWeights extends RoundedWeights {
  readonly bias?: Float32Array;
}

/** Rounds every output channel to the nearest codes; reads the weights and forgets them. */
export function quantizeWeights(
  node: WeightedNode,
  limits: WeightLimits,
  options: { readonly least?: ArrayLike<number> } = {},
): RoundedWeights {
  const values = weightMatrix(node, floatValues(node.weight));
  return roundWeights({ rows: node.rows, columns: node.columns, values }, { limits, ...options });
}

/**
 * Rounds by output error. Where the node has a bias (or is a Conv, which can be given one), the mean of the
 * error goes into it, so that only the spread of the inputs around their mean matters.
 * `inputScale`: the step of the quantized input, whose rounding is noise in every direction.
 */
export function roundByMoments(
  node: WeightedNode,
  limits: WeightLimits,
  moments: InputMoments,
  inputScale = 0,
): PreparedWeights {
  const { rows, columns, groups } = node;
  const { blocks, size } = moments;
  const values = weightMatrix(node, floatValues(node.weight));
  const centred = node.bias !== null || node.op === 'Conv';
  const perGroup = rows / groups;
  // A uniform error of ± half a step.
  const noise = inputScale ** 2 / 12;
  const codes = new Int8Array(rows * columns);
  const scales = new Float32Array(rows);
  for (let group = 0; group < groups; group++) {
    const products = Array.from({ length: blocks }, (_, block) => {
      const index = group * blocks + block;
      const product = moments.products[index] ?? new Float64Array(size * size);
      const spread = centred
        ? aroundMean(product, moments.means[index] ?? new Float64Array(size))
        : product.slice();
      for (let i = 0; i < size; i++) spread[i * size + i] = (spread[i * size + i] ?? 0) + noise;
      return spread;
    });
    const start = group * perGroup;
    const rounded = roundWeights(
      {
        rows: perGroup,
        columns,
        values: values.subarray(start * columns, (start + perGroup) * columns),
      },
      { limits, moments: products },
    );
    codes.set(rounded.codes, start * columns);
    scales.set(rounded.scales, start);
  }
  if (!centred) return { codes, scales };
  const bias =
    node.bias === null ? new Float32Array(rows) : Float32Array.from(floatValues(node.bias));
  for (let row = 0; row < rows; row++) {
    const group = Math.floor(row / perGroup);
    let shift = 0;
    for (let column = 0; column < columns; column++) {
      const mean = moments.means[group * blocks + Math.floor(column / size)]?.[column % size] ?? 0;
      const at = row * columns + column;
      shift += ((values[at] ?? 0) - (codes[at] ?? 0) * (scales[row] ?? 0)) * mean;
    }
    bias[row] = (bias[row] ?? 0) + shift;
  }
  return { codes, scales, bias };
}

/** E[x·xᵀ] → the covariance. */
function aroundMean(product: Float64Array, mean: Float64Array): Float64Array {
  const size = mean.length;
  return product.map(
    (value, at) => value - (mean[Math.floor(at / size)] ?? 0) * (mean[at % size] ?? 0),
  );
}
