/** Several models against their states before, one report: what a pull request shows. */
import { judgeReport, type ModelDraft, type ReportDraft } from '../report/gate.ts';
import { removedModel } from '../report/model-drafts.ts';
import type { Comparison, Report } from '../report/schema.ts';
import { compareModels } from './compare-models.ts';
import type { PipelineContext } from './context.ts';
import { failedModel } from './failed-model.ts';
import type { Job } from './job.ts';
import { type ModelRun, optimizeModel } from './optimize.ts';
import { reportFrame } from './run-jobs.ts';
import type { ArtifactPaths } from './stages/rows.ts';
import type { ComparedFile } from './stages/side.ts';
import type { Identified } from './stages/source.ts';

/** A model that is there now. */
export interface ComparedJob {
  readonly job: Job;
  /** What it was; without it there is nothing to compare with but its own float32 form. */
  readonly base?: ComparedFile;
  /** It came with this change. */
  readonly isNew?: boolean;
}

/** A model whose job cannot be said: something is wrong with its settings. */
export interface BrokenModel {
  readonly broken: Pick<Job, 'name' | 'shownSource' | 'ship'>;
  readonly error: unknown;
  readonly isNew?: boolean;
}

/** A model that is gone. */
export interface RemovedModel {
  readonly removed: { readonly name: string; readonly path: string; readonly bytes?: number };
}

/**
 * One after another. What is wrong with one model is a part of the report. `comparison` says what the two states are
 * called; latencies are measured anew if the context says so.
 */
export async function compareJobs(
  models: readonly (ComparedJob | BrokenModel | RemovedModel)[],
  context: PipelineContext,
  comparison: Omit<Comparison, 'kind'>,
  { place }: Pick<AloneOptions, 'place'> = {},
): Promise<Report> {
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const drafts: ModelDraft[] = [];
  for (const model of models) {
    if ('removed' in model) drafts.push(removedModel(model.removed));
    else if ('broken' in model) drafts.push(failed(model.broken, model.error, model.isNew));
    else drafts.push(...(await draftsOf(model, context, place)));
  }
  const seconds = (performance.now() - started) / 1000;
  return judgeReport({
    ...reportFrame(context, { startedAt, seconds }),
    // Without a base each model's variants are beside its own float32 form, as everywhere else.
    comparison: { kind: comparison.base ? 'models' : 'variants', ...comparison },
    models: drafts,
  });
}

async function draftsOf(
  model: ComparedJob,
  context: PipelineContext,
  place: AloneOptions['place'],
): Promise<ModelDraft[]> {
  const { job, base, isNew = false } = model;
  try {
    if (base) {
      const { models } = await compareModels(job, base, context);
      return models.map((draft) => ({ ...draft, change: 'changed' }));
    }
    const alone = await describeAlone(job, context, { isNew, ...(place && { place }) });
    return alone.models.slice();
  } catch (error) {
    return [failed(job, error, isNew)];
  }
}

const failed = (model: BrokenModel['broken'], error: unknown, isNew?: boolean): ModelDraft => ({
  ...failedModel(model, error),
  ...(isNew && { change: 'added' as const }),
});

export interface AloneOptions {
  readonly identified?: Identified;
  readonly isNew: boolean;
  /** Writes what was made where somebody wants it; without it the report names no files. */
  readonly place?: (run: ModelRun) => Promise<ArtifactPaths>;
}

/** A model that has nothing before it: its variants beside its own float32 form. */
export async function describeAlone(
  job: Job,
  context: PipelineContext,
  { identified, isNew, place }: AloneOptions,
): Promise<ReportDraft> {
  const run = await optimizeModel(job, context, identified);
  const paths = (await place?.(run)) ?? new Map();
  const frame = reportFrame(context, { startedAt: new Date().toISOString(), seconds: 0 });
  return {
    ...frame,
    models: [{ ...run.draft(paths), change: isNew ? 'added' : 'unchanged' }],
  };
}
