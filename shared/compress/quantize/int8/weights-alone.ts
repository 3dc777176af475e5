/** What static quantization does not reach, in 8 bits all the same: recurrent ops, and nodes that no sample reached. */

import type { Hardware } from '../../../base/hardware.ts';
import type { Model } from '../../../onnx/model.ts';
import { applyWeightPlan } from '../weights/apply-weights.ts';
import { planWeights } from '../weights/plan-weights.ts';
import { type PlannedWeight, WEIGHT_PLAN_SCHEMA } from '../weights/weight-plan.ts';
import { keyOf } from './scopes.ts';

const RECURRENT = new Set(['LSTM', 'GRU', 'RNN']);

/**
 * Plans weights alone, by the policy of `int8-dynamic` (LSTM: activations quantized as they come) or of
 * `int8-weights` (made float again when the model is loaded).
 * @param unreached nodes without a range, by {@link keyOf}.
 */
export function planWeightsAlone(
  model: Model,
  hardware: Hardware,
  variant: 'int8-dynamic' | 'int8-weights',
  unreached: ReadonlySet<string>,
): readonly PlannedWeight[] {
  const opset = model.opsets.get('') ?? 1;
  const { nodes } = planWeights(model, variant, undefined, { hardware, maxOpset: opset });
  return nodes.filter((node) => RECURRENT.has(node.op) || unreached.has(keyOf(node)));
}

/** The model with these weights in 8 bits. */
export function applyWeightsAlone(
  model: Model,
  hardware: Hardware,
  nodes: readonly PlannedWeight[],
): Model {
  if (nodes.length === 0) return model;
  const opset = model.opsets.get('') ?? 1;
  const plan = { schema: WEIGHT_PLAN_SCHEMA, variant: 'int8-dynamic', hardware, opset } as const;
  return applyWeightPlan(model, { ...plan, nodes, kept: [] });
}
