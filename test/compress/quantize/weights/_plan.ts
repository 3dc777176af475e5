/** Plans by hand, and weights read back from a quantized model. */
import type { Hardware } from '../../../../shared/base/hardware.ts';
import type { WeightVariant } from '../../../../shared/compress/quantize/policy.ts';
import { applyWeightPlan } from '../../../../shared/compress/quantize/weights/apply-weights.ts';
import {
  type PlannedWeight,
  WEIGHT_PLAN_SCHEMA,
  type WeightPlan,
} from '../../../../shared/compress/quantize/weights/weight-plan.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import type { StoredTensor } from '../../../../shared/onnx/stored-tensor.ts';
import { floatValues, integerValues } from '../../../../shared/onnx/tensor-data.ts';
import { verifyModel } from '../../../../shared/onnx/verify.ts';

/** A plan for nodes of the main graph (or of `scope`), by their first outputs. */
export function planOf(
  nodes: readonly (Pick<PlannedWeight, 'name' | 'form'> & Partial<PlannedWeight>)[],
  opset = 17,
): WeightPlan {
  const variant: WeightVariant = 'int4';
  const hardware: Hardware = 'x64';
  return {
    schema: WEIGHT_PLAN_SCHEMA,
    variant,
    hardware,
    opset,
    nodes: nodes.map((node) => ({
      scope: '',
      op: '',
      node: '',
      weights: [],
      bits: 8,
      symmetric: true,
      bytes: [0, 0],
      reason: '',
      ...node,
    })),
    kept: [],
  };
}

/** The plan carried out; the model is checked against the rules of ONNX. */
export function applied(model: Model, ...plan: Parameters<typeof planOf>): Model {
  const result = applyWeightPlan(model, planOf(...plan));
  const problems = verifyModel(result);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return result;
}

/** An initializer of the main graph by the end of its name. */
export function initializer(model: Model, ending: string): StoredTensor {
  const found = [...model.graph.initializers.values()].find(({ name }) => name.endsWith(ending));
  if (!found) throw new Error(`no initializer ends with ${ending}`);
  return found;
}

export const integers = (model: Model, ending: string): readonly number[] =>
  integerValues(initializer(model, ending));

export const reals = (model: Model, ending: string): Float32Array =>
  floatValues(initializer(model, ending));

/** Op types of the main graph, in order. */
export const opTypes = (model: Model): readonly string[] =>
  model.graph.nodes.map(({ opType }) => opType);
