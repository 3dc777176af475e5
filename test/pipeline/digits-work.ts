/** The digits example up to the point where stages begin: read, prepared, split. For tests of steps and stages. */

import type { Sources } from '../../shared/pipeline/data-refs.ts';
import type { JobRequest } from '../../shared/pipeline/job.ts';
import { silentProgress } from '../../shared/pipeline/progress.ts';
import type { ModelWork } from '../../shared/pipeline/stages/model-work.ts';
import { identifyJob, importSource, readSamples } from '../../shared/pipeline/stages/source.ts';
import type { Tools } from '../../shared/pipeline/step.ts';
import { prepareStep } from '../../shared/pipeline/steps/prepare.ts';
import { TaskRunner } from '../../shared/pipeline/task-runner.ts';
import {
  DIGITS_DATA,
  digitsJob,
  type InlineContext,
  inlineContext,
  toolsOf,
} from './inline-context.ts';

export interface DigitsWork extends ModelWork {
  readonly context: InlineContext;
  readonly sources: Sources;
  /** Tools with a folder of their own, for steps that are run by hand. */
  readonly tools: () => Tools;
}

export async function digitsWork(
  settings: JobRequest['settings'] = { data: { ...DIGITS_DATA } },
  context: InlineContext = inlineContext(),
): Promise<DigitsWork> {
  const job = digitsJob(settings);
  const sources: Sources = {};
  const tasks = new TaskRunner(context.openExecutor({ sources }), silentProgress);
  const { given, ...inputs } = await identifyJob(job, sources, context.store.name);
  const source = await importSource(given, job, tasks);
  const prepared = await tasks.run('prepare', prepareStep, { source: source.artifact });
  const samples = await readSamples(job, prepared, inputs, tasks);
  const tools = toolsOf(context, sources);
  return { job, context, tasks, source, prepared, samples, sources, tools };
}
