/** `int8-dynamic`: products and LSTMs on integers, activations quantized when they come; no data needed. */
import type { Model } from '../../../onnx/model.ts';
import type { TypeTable } from '../../../runtime/infer-types.ts';
import { applyWeightPlan } from '../weights/apply-weights.ts';
import { planWeights, type WeightOptions } from '../weights/plan-weights.ts';
import type { WeightPlan } from '../weights/weight-plan.ts';

/** What would be done; reads no weights. */
export function planInt8Dynamic(
  model: Model,
  types: TypeTable | undefined,
  options: WeightOptions,
): WeightPlan {
  return planWeights(model, 'int8-dynamic', types, options);
}

/** Does it; see {@link applyWeightPlan}. */
export function applyInt8Dynamic(model: Model, plan: WeightPlan): Model {
  return applyWeightPlan(model, plan);
}
