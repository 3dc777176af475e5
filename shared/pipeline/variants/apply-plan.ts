/** Plans as they are stored, carried out by whoever makes a part of a model. */
import { readFile } from 'node:fs/promises';
import type { Digest } from '../../base/brand.ts';
import { DefectError } from '../../base/errors.ts';
import { applyFloat16 } from '../../compress/quantize/float16/apply-float16.ts';
import {
  FLOAT16_PLAN_SCHEMA,
  type Float16Plan,
} from '../../compress/quantize/float16/float16-plan.ts';
import { applyWeightPlan } from '../../compress/quantize/weights/apply-weights.ts';
import {
  WEIGHT_PLAN_SCHEMA,
  type WeightPlan,
} from '../../compress/quantize/weights/weight-plan.ts';
import type { Model } from '../../onnx/model.ts';
import type { Tools } from '../step.ts';

/** The model that the plan makes of this one; no weight is read before it is written. */
export async function applyPlan(
  model: Model,
  digest: Digest,
  tools: Pick<Tools, 'locate'>,
): Promise<Model> {
  const plan: WeightPlan | Float16Plan = JSON.parse(
    await readFile(await tools.locate(digest), 'utf8'),
  );
  switch (plan.schema) {
    case WEIGHT_PLAN_SCHEMA:
      return applyWeightPlan(model, plan);
    case FLOAT16_PLAN_SCHEMA:
      return applyFloat16(model, plan);
    default:
      throw new DefectError(`${digest} is no plan of weights`);
  }
}
