/** Plans of removals as they are stored, carried out. */
import { DefectError } from '../../base/errors.ts';
import { applyPruning } from '../../compress/prune/apply-pruning.ts';
import { PRUNE_PLAN_SCHEMA, type PrunePlan } from '../../compress/prune/prune-plan.ts';
import { applySlimming } from '../../compress/prune/slim/apply-slimming.ts';
import { SLIM_PLAN_SCHEMA, type SlimPlan } from '../../compress/prune/slim/slim-plan.ts';
import type { Model } from '../../onnx/model.ts';

/** The model without what the plan names. @throws DefectError for what is no such plan */
export async function applyRemoval(model: Model, plan: unknown): Promise<Model> {
  if (isPruning(plan)) return applyPruning(model, plan);
  if (isSlimming(plan)) return applySlimming(model, plan);
  throw new DefectError('what is to be applied is no plan of a removal');
}

// Only this pipeline writes blobs under digests that steps name: the schema's name says all.
const isPruning = (plan: unknown): plan is PrunePlan => schemaOf(plan) === PRUNE_PLAN_SCHEMA;
const isSlimming = (plan: unknown): plan is SlimPlan => schemaOf(plan) === SLIM_PLAN_SCHEMA;

const schemaOf = (plan: unknown): unknown =>
  typeof plan === 'object' && plan !== null && 'schema' in plan ? plan.schema : undefined;
