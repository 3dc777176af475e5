/** Which weights of a layer become zero, once their scores are known: pure and deterministic, of equal scores the first go. */
import { InputError } from '../../base/errors.ts';
import { floatValues } from '../../onnx/tensor-data.ts';
import { named, type PrunableWeight } from './find-prunable.ts';
import type { PlannedLayer, PrunePattern, PruneSpread } from './prune-plan.ts';
import { spreadZeros } from './spread-zeros.ts';
import { eachOfTwo } from './two-of-four.ts';
import { weightScores } from './weight-scores.ts';

/** Of the weights that a layer would keep were all pruned alike, so many stay in any case. */
const FLOOR = 0.1;

/**
 * The layers of a plan, in the order of the weights. `norms` as in {@link PlannedLayer}, none for magnitudes.
 * @throws InputError where the percentage would leave a layer without any weight
 */
export function planLayers(
  prunable: readonly PrunableWeight[],
  norms: readonly (readonly number[] | undefined)[],
  pattern: PrunePattern,
  spread: PruneSpread,
): readonly PlannedLayer[] {
  const drafts = prunable.map((weight, index) => draftOf(weight, norms[index]));
  return pattern.kind === '2:4'
    ? drafts.map(planFours)
    : planAnywhere(drafts, pattern.percent, spread);
}

/** A layer before it is known what goes. */
interface Draft {
  readonly about: Omit<PlannedLayer, 'zeros' | 'threshold' | 'meanZeroed'>;
  /** In the order of the weight. */
  readonly scores: Float32Array;
}

function draftOf(
  { ref, tensor, layout, uses }: PrunableWeight,
  norms: readonly number[] | undefined,
): Draft {
  const { dims } = tensor;
  const scores = weightScores(floatValues(tensor), dims, layout, norms);
  const [first] = uses;
  return {
    about: {
      ...ref,
      ...(first ? named(first.node) : { op: '', node: '' }),
      dims,
      ...layout,
      weights: scores.length,
      meanScore: meanOf(scores),
      ...(norms && { norms }),
    },
    scores,
  };
}

/** Of the finite ones; 0 for none. */
function meanOf(scores: Iterable<number>): number {
  let sum = 0;
  let count = 0;
  for (const score of scores) {
    if (!Number.isFinite(score)) continue;
    sum += score;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

function planAnywhere(
  drafts: readonly Draft[],
  percent: number,
  spread: PruneSpread,
): readonly PlannedLayer[] {
  const left = 1 - percent / 100;
  const layers = drafts.map(({ scores }) => {
    const sorted = scores.slice().sort();
    const alive = sorted.length - countZeros(sorted);
    const floor = Math.min(alive, Math.max(1, Math.ceil(sorted.length * left * FLOOR)));
    return { scores: sorted, floor, zeros: sorted.length - alive };
  });
  const total = layers.reduce((sum, { scores }) => sum + scores.length, 0);
  const zeros = Math.max(
    Math.round((total * percent) / 100),
    layers.reduce((sum, layer) => sum + layer.zeros, 0),
  );
  const places = layers.reduce((sum, { scores, floor }) => sum + scores.length - floor, 0);
  if (zeros > places)
    throw new InputError(
      `pruning ${percent} % would leave ${total - zeros} of ${total} weights for ${layers.length} layers`,
      { hint: 'Prune less.' },
    );
  const counts = spreadZeros(layers, zeros, spread);
  return drafts.map(({ about }, index) => {
    const sorted = layers[index]?.scores ?? new Float32Array();
    const count = counts[index] ?? 0;
    return {
      ...about,
      zeros: count,
      threshold: count === 0 ? null : (sorted[count - 1] as number),
      meanZeroed: meanOf(sorted.subarray(0, count)),
    };
  });
}

function countZeros(scores: Float32Array): number {
  let count = 0;
  for (const score of scores) if (score === 0) count++;
  return count;
}

function planFours({ about, scores }: Draft): PlannedLayer {
  const alive = scores.slice();
  const gone: number[] = [];
  eachOfTwo(scores, about.dims, about.axis, (index) => {
    gone.push(scores[index] as number);
    alive[index] = 0;
  });
  return { ...about, zeros: countZeros(alive), threshold: null, meanZeroed: meanOf(gone) };
}
