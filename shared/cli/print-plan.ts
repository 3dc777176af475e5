/** `--plan`: what a job would do, with time and memory; nothing is run. */
import type { PipelineContext } from '../pipeline/context.ts';
import type { Job } from '../pipeline/job.ts';
import { planJob } from '../pipeline/plan.ts';
import { readSource } from '../pipeline/stages/source.ts';
import { formatBytes, formatDuration } from '../report/numbers.ts';
import type { Environment } from './environment.ts';

/** Reads the model's header only. @throws as the job itself would for a model that cannot be read */
export async function printPlan(
  job: Job,
  context: PipelineContext,
  { stdout }: Environment,
  json: boolean,
): Promise<void> {
  const { artifact } = await readSource(job, {});
  const plan = planJob(job, artifact, context);
  if (json) {
    stdout.write(`${JSON.stringify(plan, null, 2)}\n`);
    return;
  }
  const width = Math.max(...plan.shards.map(({ title }) => title.length));
  const lines = plan.shards.map(
    ({ title, seconds, memoryBytes }) =>
      `  ${title.padEnd(width)}  about ${formatDuration(seconds).padStart(8)}  up to ${formatBytes(memoryBytes)}`,
  );
  stdout.write(
    `${plan.model}: ${plan.shards.length} steps, about ${formatDuration(plan.seconds)} when nothing is known yet, up to ${formatBytes(plan.memoryBytes)} of memory, on this machine\n\n${lines.join('\n')}\n`,
  );
}
