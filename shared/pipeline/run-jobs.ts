/** Several jobs, one report: what `optimize`, `run` and `demo` do. */
import { checkWritable } from '../base/files.ts';
import { toolVersion } from '../base/tool-version.ts';
import { judgeReport, type ReportDraft } from '../report/gate.ts';
import type { Report } from '../report/schema.ts';
import type { PipelineContext } from './context.ts';
import { failedModel } from './failed-model.ts';
import type { Job } from './job.ts';
import { optimizeModel } from './optimize.ts';
import { countingProgress, type StepCounts } from './progress.ts';
import {
  type Configuration,
  type Publication,
  type PublishedModel,
  placeCopies,
  publish,
} from './publish.ts';

export interface RunOptions {
  readonly folder: string;
  /** `true`: a model that cannot be opened is a part of the report; `false`: its error is thrown. */
  readonly keepsGoing: boolean;
  /** Where the jobs come from, if from a file. */
  readonly configuration?: Configuration;
}

/** Runs the jobs one after another and publishes once. */
export async function runJobs(
  jobs: readonly Job[],
  context: PipelineContext,
  { folder, keepsGoing, configuration }: RunOptions,
): Promise<Publication> {
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const models: PublishedModel[] = [];
  checkWritable(folder);
  const steps: StepCounts = { run: 0, known: 0 };
  const counted = { ...context, progress: countingProgress(context.progress, steps) };
  try {
    for (const job of jobs) {
      try {
        models.push({ run: await optimizeModel(job, counted) });
      } catch (error) {
        if (!keepsGoing) throw error;
        models.push({ failed: failedModel(job, error) });
      }
    }
  } finally {
    await context.progress.close();
  }
  const seconds = (performance.now() - started) / 1000;
  const frame = { ...reportFrame(context, { startedAt, seconds }), steps };
  return publish(models, frame, folder, placeCopies(context.store), configuration);
}

/** The report of no job at all, for whom waits for one: nothing is written anywhere. */
export function reportOfNothing(context: PipelineContext): Report {
  const frame = reportFrame(context, { startedAt: new Date().toISOString(), seconds: 0 });
  return judgeReport({ ...frame, models: [] });
}

/** What a report says of itself. */
export function reportFrame(
  { machine, runtime, protocol }: Pick<PipelineContext, 'machine' | 'runtime' | 'protocol'>,
  { startedAt, seconds }: { readonly startedAt: string; readonly seconds: number },
): Omit<ReportDraft, 'models'> {
  return {
    tool: { name: 'fettle', version: toolVersion(), runtime },
    machine: { ...machine, features: [...machine.features] },
    startedAt,
    seconds,
    ...(protocol === 'short' && {
      protocol:
        'Short latency protocol: 3 to 6 sessions a model instead of 6 to 24. Small differences stay undecided.',
    }),
  };
}
