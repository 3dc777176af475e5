/** The weights of one node as integers: to the nearest code, or by output error where moments are given. */
import { floatValues } from '../../../onnx/tensor-data.ts';
import { fitWeights } from './numbers/regress.ts';
import { type RoundedWeights, roundWeights } from './numbers/round-weights.ts';
import type { WeightLimits } from './numbers/weight-scale.ts';
import type { InputMoments, MomentPart } from './statistics/collect-moments.ts';
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

/** How much the fit to quantized inputs may rest on: positions for each column of weights. */
const POSITIONS_FOR_FIT = 8;
/** Added to the diagonal for the fit, as a share of its mean. */
const FIT_RIDGE = 0.01;

/**
 * Rounds by output error: what the node gives on quantized inputs with rounded weights comes close to what
 * it gives in float. Where it has a bias (or is a Conv, which can be given one), the mean of the error goes
 * there, so that only the spread of the inputs around their mean matters.
 */
export function roundByMoments(
  node: WeightedNode,
  limits: WeightLimits,
  moments: InputMoments,
): PreparedWeights {
  const { rows, columns, groups } = node;
  const { blocks, size, parts } = moments;
  const values = weightMatrix(node, floatValues(node.weight));
  const centred = node.bias !== null || node.op === 'Conv';
  const perGroup = rows / groups;
  const fits = moments.positions >= POSITIONS_FOR_FIT * size;
  const codes = new Int8Array(rows * columns);
  const scales = new Float32Array(rows);
  for (let group = 0; group < groups; group++) {
    const own = parts.slice(group * blocks, (group + 1) * blocks);
    const spreads = own.map((part) => (centred ? aroundMeans(part) : part));
    const start = group * perGroup;
    const wanted = Float64Array.from(
      values.subarray(start * columns, (start + perGroup) * columns),
    );
    if (fits) {
      for (const [block, spread] of spreads.entries())
        fitBlock(wanted, columns, block * size, size, spread);
    }
    const rounded = roundWeights(
      { rows: perGroup, columns, values: wanted },
      { limits, moments: spreads.map(({ products }) => products) },
    );
    codes.set(rounded.codes, start * columns);
    scales.set(rounded.scales, start);
  }
  if (!centred) return { codes, scales };
  const bias = Float32Array.from({ length: rows }, (_, row) => {
    const group = Math.floor(row / perGroup);
    let shift = 0;
    for (let column = 0; column < columns; column++) {
      const part = parts[group * blocks + Math.floor(column / size)];
      const at = row * columns + column;
      shift +=
        (values[at] ?? 0) * (part?.floatMean[column % size] ?? 0) -
        (codes[at] ?? 0) * (scales[row] ?? 0) * (part?.mean[column % size] ?? 0);
    }
    return shift;
  });
  if (node.bias !== null) {
    for (const [row, value] of floatValues(node.bias).entries())
      bias[row] = (bias[row] ?? 0) + value;
  }
  return { codes, scales, bias };
}

type Spread = Pick<MomentPart, 'products' | 'crossed'>;

/** Covariances instead of mean products. */
function aroundMeans({ products, crossed, mean, floatMean }: MomentPart): Spread {
  const size = mean.length;
  const less = (matrix: Float64Array, left: Float64Array): Float64Array =>
    matrix.map((value, at) => value - (left[Math.floor(at / size)] ?? 0) * (mean[at % size] ?? 0));
  return { products: less(products, mean), crossed: less(crossed, floatMean) };
}

/** Fits some columns of all rows. */
function fitBlock(
  weights: Float64Array,
  columns: number,
  first: number,
  size: number,
  { products, crossed }: Spread,
): void {
  let mean = 0;
  for (let i = 0; i < size; i++) mean += (products[i * size + i] ?? 0) / size;
  if (!(mean > 0)) return;
  const rows = weights.length / columns;
  const block = new Float64Array(rows * size);
  for (let row = 0; row < rows; row++)
    block.set(weights.subarray(row * columns + first, row * columns + first + size), row * size);
  fitWeights(block, products, crossed, FIT_RIDGE * mean);
  for (let row = 0; row < rows; row++)
    weights.set(block.subarray(row * size, (row + 1) * size), row * columns + first);
}
