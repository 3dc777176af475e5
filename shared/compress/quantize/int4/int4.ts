/** `int4`: weights of products and tables in 4-bit blocks, other weights in 8 bits; activations stay as they are. */
import type { Model } from '../../../onnx/model.ts';
import type { TypeTable } from '../../../runtime/infer-types.ts';
import { applyWeightPlan } from '../weights/apply-weights.ts';
import { planWeights, type WeightOptions } from '../weights/plan-weights.ts';
import type { WeightPlan } from '../weights/weight-plan.ts';

/** What would be done; reads no weights. */
export function planInt4(
  model: Model,
  types: TypeTable | undefined,
  options: WeightOptions,
): WeightPlan {
  return planWeights(model, 'int4', types, options);
}

/** Does it; see {@link applyWeightPlan}. */
export function applyInt4(model: Model, plan: WeightPlan): Model {
  return applyWeightPlan(model, plan);
}
