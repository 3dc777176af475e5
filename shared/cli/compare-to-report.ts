/** A model measured, alone or against a base, as a judged report: what `measure` and `diff` share. */

import { compareModels } from '../pipeline/compare-models.ts';
import type { ModelSettings } from '../pipeline/config/schema.ts';
import { resolveJob } from '../pipeline/job.ts';
import { judgeReport } from '../report/gate.ts';
import type { Report } from '../report/schema.ts';
import type { Environment } from './environment.ts';
import { flagOf } from './settings.ts';
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
  flags: PipelineFlags,
  { model, base, settings }: Request,
): Promise<Report> {
  const job = resolveJob({
    source: model,
    folder: environment.cwd,
    settings: { ...settings, variants: ['float32'] },
    where: flagOf,
  });
  return withPipeline(environment, flags, {}, async (context) =>
    judgeReport(await compareModels(job, base, context)),
  );
}
