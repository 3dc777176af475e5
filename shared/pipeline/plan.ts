/** What a job is going to do: every step with what it may take, for the display and for `--plan`. */
import { z } from 'zod';
import type { StoredArtifact } from './artifact.ts';
import type { PipelineContext } from './context.ts';
import type { Job } from './job.ts';
import type { PlannedTask } from './progress.ts';
import { buildTaskId, compressTaskId, extraCandidates, wantsAuto } from './stages/make.ts';

/** A shard of the plan: what may run by itself, where, and what it needs. */
const shardSchema = z.object({
  id: z.string(),
  title: z.string(),
  stage: z.enum(['prepare', 'make', 'measure', 'publish']),
  needs: z.enum(['cpu', 'gpu']),
  seconds: z.number(),
  memoryBytes: z.number(),
});
export type PlannedShard = z.infer<typeof shardSchema>;

export const planSchema = z.object({
  schema: z.literal('fettle.plan/1'),
  model: z.string(),
  source: z.string(),
  bytes: z.number(),
  shards: z.array(shardSchema),
  /** Of all shards, one after another. */
  seconds: z.number(),
  /** Of the largest. */
  memoryBytes: z.number(),
});
export type Plan = z.infer<typeof planSchema>;

/** Seconds for a model of `bytes`, measured on two cores of an AVX2 machine: a start, and a rate. */
function secondsOf(kind: 'prepare' | 'exact' | 'search' | 'light', bytes: number): number {
  switch (kind) {
    case 'prepare':
      return 1 + bytes / 50e6;
    case 'exact':
      return 0.5 + bytes / 100e6;
    case 'light':
      return 0.5 + bytes / 60e6;
    case 'search':
      return 6 + bytes / 0.4e6;
  }
}

/** Tasks in the order in which they run. */
export function planShards(
  job: Job,
  { bytes }: Pick<StoredArtifact, 'bytes'>,
  context: Pick<PipelineContext, 'machine' | 'protocol'>,
): PlannedShard[] {
  const memoryBytes = Math.round(250e6 + 4 * bytes);
  const shard = (
    id: string,
    title: string,
    stage: PlannedShard['stage'],
    seconds: number,
  ): PlannedShard => ({
    id,
    title,
    stage,
    needs: 'cpu',
    seconds: Math.round(seconds * 10) / 10,
    memoryBytes,
  });
  const shards = [
    shard('prepare', 'float32: read and optimize exactly', 'prepare', secondsOf('prepare', bytes)),
    ...(hasFiles(job) ? [] : [shard('shapes', 'inputs: shapes at which it runs', 'prepare', 0.5)]),
    shard('data', 'data: read and split', 'prepare', 0.5),
  ];
  const several = job.hardware.length > 1;
  let made = 0;
  for (const hardware of job.hardware) {
    const extras = wantsAuto(job, context, hardware) ? extraCandidates(job.variants) : [];
    for (const variant of [...job.variants.filter((one) => one !== 'auto'), ...extras]) {
      const title = `${variant}${several ? ` for ${hardware}` : ''}: compress`;
      const isSearched = /(^|\+)int8($|\+)/.test(variant);
      shards.push(
        shard(
          compressTaskId(variant, hardware),
          title,
          'make',
          secondsOf(isSearched ? 'search' : 'light', bytes),
        ),
      );
      made++;
    }
    for (const target of job.targets) {
      if (target === 'onnx') continue;
      for (const variant of ['float32', ...job.variants.filter((one) => one !== 'auto')]) {
        shards.push(
          shard(
            buildTaskId(variant, hardware, target),
            `${variant}: build ${target}`,
            'make',
            secondsOf('exact', bytes),
          ),
        );
      }
    }
  }
  const rows = made + 1;
  const perPair = context.protocol === 'short' ? 1.5 : 6;
  shards.push(
    shard('score evaluation', 'accuracy and fidelity: evaluation samples', 'measure', 1 + rows),
    shard('memory', 'peak memory', 'measure', 0.6 * rows),
    shard('latency', `latency: ${rows} models side by side`, 'measure', 2 + perPair * rows),
  );
  if (job.variants.includes('auto')) {
    shards.push(shard('score selection', 'auto: selection samples', 'measure', 1 + rows));
  }
  return shards;
}

/** The same for a progress display. */
export function planTasks(
  job: Job,
  artifact: Pick<StoredArtifact, 'bytes'>,
  context: Pick<PipelineContext, 'machine' | 'protocol'>,
): PlannedTask[] {
  return planShards(job, artifact, context).map(({ id, title, seconds }) => ({
    id,
    title,
    seconds,
  }));
}

/** `plan.json`, and what `--plan` prints. */
export function planJob(
  job: Job,
  artifact: Pick<StoredArtifact, 'bytes'>,
  context: Pick<PipelineContext, 'machine' | 'protocol'>,
): Plan {
  const shards = planShards(job, artifact, context);
  return {
    schema: 'fettle.plan/1',
    model: job.name,
    source: job.shownSource,
    bytes: artifact.bytes,
    shards,
    seconds: shards.reduce((sum, { seconds }) => sum + seconds, 0),
    memoryBytes: Math.max(...shards.map(({ memoryBytes }) => memoryBytes)),
  };
}

/** Without files of the user's inputs are drawn, at shapes that have to be found. */
export const hasFiles = ({ data }: Pick<Job, 'data'>): boolean =>
  [data.all, data.calibration, data.evaluation, data.training].some((spec) => spec !== undefined);
