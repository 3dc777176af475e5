/** Carries out a pruning plan: the planned weights with zeros in them, and nothing else changed. */
import { DefectError } from '../../base/errors.ts';
import { bytesOf, computedTensor } from '../../onnx/make-tensor.ts';
import type { Model } from '../../onnx/model.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { floatValues } from '../../onnx/tensor-data.ts';
import { editScopes, keyOf } from '../quantize/int8/scopes.ts';
import type { PlannedLayer, PrunePattern, PrunePlan } from './prune-plan.ts';
import { eachOfTwo } from './two-of-four.ts';
import { weightScores } from './weight-scores.ts';

/**
 * The pruned model; the model itself for an empty plan. Weights are computed when they are written.
 * @throws DefectError for a plan of another model
 */
export function applyPruning(model: Model, plan: PrunePlan): Model {
  if (plan.layers.length === 0) return model;
  const planned = new Map(plan.layers.map((layer) => [keyOf(layer), layer]));
  const pruned = editScopes(model, (graph, scope) => {
    for (const [name, tensor] of [...graph.initializers]) {
      const layer = planned.get(keyOf({ scope, name }));
      if (!layer || tensor.type !== 'float32' || tensor.dims.join() !== layer.dims.join()) continue;
      planned.delete(keyOf(layer));
      graph.setInitializer(name, prunedTensor(tensor, layer, plan.pattern));
    }
  });
  const [missing] = planned.values();
  if (missing) throw new DefectError(`pruning plan: ${missing.op} '${missing.name}' is not there`);
  return pruned;
}

function prunedTensor(
  tensor: StoredTensor,
  layer: PlannedLayer,
  pattern: PrunePattern,
): StoredTensor {
  const compute = (): Uint8Array => bytesOf(pruneWeight(floatValues(tensor), layer, pattern));
  return computedTensor(tensor.name, 'float32', tensor.dims, compute, [tensor]);
}

/** The weight with its zeros, as a copy. @throws DefectError where its scores are not those of the plan */
export function pruneWeight(
  values: Float32Array,
  layer: PlannedLayer,
  pattern: PrunePattern,
): Float32Array {
  const scores = weightScores(values, layer.dims, layer, layer.norms);
  const pruned = values.slice();
  if (pattern.kind === '2:4') {
    eachOfTwo(scores, layer.dims, layer.axis, (index) => {
      pruned[index] = 0;
    });
    return pruned;
  }
  const { threshold, zeros } = layer;
  if (threshold === null) return pruned;
  let below = 0;
  for (const score of scores) if (score < threshold) below++;
  let equal = zeros - below;
  if (equal < 0)
    throw new DefectError(`pruning plan: '${layer.name}' has other weights than planned`);
  for (let index = 0; index < scores.length; index++) {
    const score = scores[index] as number;
    if (score < threshold) pruned[index] = 0;
    else if (score === threshold && equal > 0) {
      pruned[index] = 0;
      equal--;
    }
  }
  if (equal > 0)
    throw new DefectError(`pruning plan: '${layer.name}' has other weights than planned`);
  return pruned;
}
