/** `int8-weights`: weights in 8 bits by channel; every computation stays in float32. */
import type { Model } from '../../../onnx/model.ts';
import type { TypeTable } from '../../../runtime/infer-types.ts';
import { applyWeightPlan } from '../weights/apply-weights.ts';
import { planWeights, type WeightOptions } from '../weights/plan-weights.ts';
import type { WeightPlan } from '../weights/weight-plan.ts';

/** What would be done; reads no weights. */
export function planInt8Weights(
  model: Model,
  types: TypeTable | undefined,
  options: WeightOptions,
): WeightPlan {
  return planWeights(model, 'int8-weights', types, options);
}

/** Does it; see {@link applyWeightPlan}. */
export function applyInt8Weights(model: Model, plan: WeightPlan): Model {
  return applyWeightPlan(model, plan);
}
