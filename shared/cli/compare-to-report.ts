/** A model measured, alone or against a base, as a judged report: what `measure` and `diff` share. */

import { InputError } from '../base/errors.ts';
import { compareModels } from '../pipeline/compare-models.ts';
import type { ModelSettings } from '../pipeline/config/schema.ts';
import { resolveJob } from '../pipeline/job.ts';
import { parseBudgets } from '../report/budgets.ts';
import { judgeReport } from '../report/gate.ts';
import type { Report } from '../report/schema.ts';
import type { Environment } from './environment.ts';
import { checkJudging, flagOf, type JobFlags } from './settings.ts';
import { type PipelineFlags, withPipeline } from './with-pipeline.ts';

export interface Request {
  /** As the user wrote it. */
  readonly model: string;
  readonly base: { readonly path: string; readonly shown: string } | undefined;
  readonly settings: ModelSettings;
}

/** Measures and judges. @throws what {@link compareModels} throws */
export async function compareToReport(
  environment: Environment,
  flags: PipelineFlags & JobFlags,
  { model, base, settings }: Request,
): Promise<Report> {
  const job = resolveJob({
    source: model,
    folder: environment.cwd,
    settings: { ...settings, variants: ['float32'] },
    where: flagOf,
  });
  checkJudging(flags);
  if (!base) refuseRelative(settings.budget ?? {});
  return withPipeline(environment, flags, {}, async (context) =>
    judgeReport(await compareModels(job, base, context)),
  );
}

/** @throws InputError: by itself a model is neither larger nor slower than anything */
function refuseRelative(budget: NonNullable<ModelSettings['budget']>): void {
  const relative = parseBudgets(budget).find(({ limit }) => limit.kind !== 'absolute');
  if (!relative) return;
  throw new InputError(
    `the budget ${relative.metric}=${relative.text} is relative, and there is no base to compare with`,
    { where: '--budget', hint: 'Give a base with --against BASE, or an absolute limit.' },
  );
}
