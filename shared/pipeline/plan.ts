/** What a job is going to do: every step with what it may take, for the display and for `--plan`. */
import { z } from 'zod';
import type { Hardware } from '../base/hardware.ts';
import type { FormatName } from '../formats/format.ts';
import { architectureOf } from '../runtime/machine.ts';
import type { PipelineContext } from './context.ts';
import type { Job } from './job.ts';
import { planParts, planPrepare } from './plan-parts.ts';
import { planLessons, planNetworks, planTrained, type TrainingShard } from './plan-training.ts';
import type { PlannedTask } from './progress.ts';
import { machineFor, machinesOf, nativeHardware, onMachine } from './stages/machines.ts';
import { buildTaskId, compressTaskId, extraCandidates, wantsAuto } from './stages/make.ts';
import { isMadeInParts } from './stages/make-in-parts.ts';
import type { PlannedStep, Workload } from './step.ts';
import { buildStep } from './steps/build.ts';
import { compressStep } from './steps/compress.ts';
import { importStep } from './steps/import.ts';
import { latencyGroupStep } from './steps/latency.ts';
import { memoryStep } from './steps/memory.ts';
import { prepareStep } from './steps/prepare.ts';
import { probeShapesStep } from './steps/probe-shapes.ts';
import { scoreStep } from './steps/score.ts';
import { splitStep } from './steps/split.ts';
import { verifyStep } from './steps/verify.ts';
import { trainedRecipe } from './training/recipe.ts';

/** A shard of the plan: what may run by itself, where, and what it needs. */
const shardSchema = z.object({
  id: z.string(),
  title: z.string(),
  stage: z.enum(['prepare', 'make', 'measure', 'publish']),
  /** The step's name; parts of a model are several shards of one. */
  step: z.string(),
  needs: z.enum(['cpu', 'gpu']),
  /** Of all of them, where there are several. */
  seconds: z.number(),
  /** So many steps, one after another: the epochs of a training. Absent: one. */
  times: z.int().positive().optional(),
  memoryBytes: z.number(),
  diskBytes: z.number().optional(),
  /** It asks the store alone, and needs no machine of its own. */
  inStore: z.literal(true).optional(),
  /** The architecture that it is measured on, where that is another than the job's own. */
  on: z.enum(['x64', 'arm64']).optional(),
  /** Where it runs in AWS and what that costs; of a GPU the price is not known here. */
  aws: z.object({ lane: z.string(), memoryMb: z.number(), usd: z.number().optional() }).optional(),
});
export type PlannedShard = z.infer<typeof shardSchema>;

export const planSchema = z.object({
  schema: z.literal('fettle.plan/1'),
  model: z.string(),
  source: z.string(),
  bytes: z.number(),
  shards: z.array(shardSchema),
  /** Variants that were asked for and will not be made. */
  skipped: z.array(z.object({ variant: z.string(), reason: z.string() })),
  /** Of all shards, one after another, with nothing in the store. */
  seconds: z.number(),
  /** Of the largest. */
  memoryBytes: z.number(),
  /** What all of it costs in AWS, in US dollars, by list prices of that region and month. */
  aws: z
    .object({
      usd: z.number(),
      architecture: z.enum(['x64', 'arm64']),
      prices: z.object({ region: z.string(), date: z.string() }),
    })
    .optional(),
});
export type Plan = z.infer<typeof planSchema>;

/** What a plan needs to know of a model. */
export interface PlannedSource {
  readonly artifact: { readonly bytes: number };
  readonly format: FormatName;
}

export type PlanContext = Pick<
  PipelineContext,
  'machine' | 'otherMachines' | 'protocol' | 'parts' | 'measuresLatency'
>;

/** Tasks in the order in which they run. What each takes is the steps' own estimate. */
export function planShards(
  job: Job,
  { artifact: { bytes }, format }: PlannedSource,
  context: PlanContext,
): PlannedShard[] {
  const { protocol, parts } = context;
  const shard = (
    id: string,
    title: string,
    stage: PlannedShard['stage'],
    step: PlannedStep,
    work: Partial<Workload> = {},
    times = 1,
  ): PlannedShard => {
    const { seconds, memoryBytes, diskBytes } = step.estimate({ bytes, ...work });
    return {
      id,
      title,
      stage,
      step: step.name,
      needs: step.needs,
      seconds: Math.round(seconds * times * 10) / 10,
      ...(times > 1 && { times }),
      memoryBytes: Math.round(memoryBytes),
      ...(diskBytes !== undefined && { diskBytes: Math.round(diskBytes) }),
      ...(step.inStore && { inStore: true }),
    };
  };
  const shards = [
    ...(format === 'onnx' ? [] : [shard('import', 'ONNX: read the model', 'prepare', importStep)]),
    ...(parts && format === 'onnx' && bytes > parts.above
      ? planPrepare('float32', bytes, parts).map(({ id, title, step, work }) =>
          shard(id, title, 'prepare', step, work),
        )
      : [shard('prepare', 'float32: read and optimize exactly', 'prepare', prepareStep)]),
    ...(hasFiles(job)
      ? []
      : [shard('shapes', 'inputs: shapes at which it runs', 'prepare', probeShapesStep)]),
    shard('data', 'data: read and split', 'prepare', splitStep),
    ...(format === 'onnx'
      ? []
      : [shard('verify', 'conversion: compare with the source', 'prepare', verifyStep)]),
  ];
  const compressed = job.variants.filter((one) => one !== 'auto');
  const trainingShards = (planned: readonly TrainingShard[]): PlannedShard[] =>
    planned.map(({ id, title, step, work, times }) => shard(id, title, 'make', step, work, times));
  shards.push(...trainingShards([...planLessons(job), ...planNetworks(job)]));
  const several = job.hardware.length > 1;
  /** Besides the base. */
  const variantsFor = new Map<Hardware, number>();
  for (const hardware of job.hardware) {
    const extras = wantsAuto(job, context, hardware) ? extraCandidates(job, hasFiles(job)) : [];
    variantsFor.set(hardware, compressed.length + extras.length);
    for (const variant of [...compressed, ...extras]) {
      const name = `${variant}${several ? ` for ${hardware}` : ''}`;
      const id = compressTaskId(variant, hardware);
      const recipe = trainedRecipe(variant, job.train.student !== undefined);
      if (recipe)
        shards.push(
          ...trainingShards(planTrained({ variant, hardware, title: name }, recipe, job.train)),
        );
      else if (parts && isMadeInParts(variant) && bytes > parts.above)
        for (const { step, work, ...one } of planParts({ id, title: name, variant }, bytes, parts))
          shards.push(shard(one.id, one.title, 'make', step, work));
      else shards.push(shard(id, `${name}: compress`, 'make', compressStep, { variant }));
    }
    for (const target of job.targets) {
      if (target === 'onnx') continue;
      for (const variant of ['float32', ...compressed]) {
        const title = `${variant}: build ${target}`;
        shards.push(shard(buildTaskId(variant, hardware, target), title, 'make', buildStep));
      }
    }
  }
  const native = nativeHardware(job.hardware, context);
  for (const machine of machinesOf(context)) {
    const mine = job.hardware.filter((hardware) => machineFor(hardware, context) === machine);
    if (mine.length === 0) continue;
    const models = mine.reduce((sum, hardware) => sum + (variantsFor.get(hardware) ?? 0), 1);
    const on = onMachine({ ...context, machine });
    const measure = (id: string, title: string, step: PlannedStep): PlannedShard => ({
      ...shard(`${id}${on}`, `${title}${on}`, 'measure', step, { models, protocol }),
      ...(on !== '' && { on: architectureOf(machine) }),
    });
    shards.push(
      measure('score evaluation', 'accuracy and fidelity: evaluation samples', scoreStep),
      measure('memory', 'peak memory', memoryStep),
      ...(context.measuresLatency
        ? [measure('latency', `latency: ${models} models side by side`, latencyGroupStep)]
        : []),
    );
    if (job.variants.includes('auto') && native && mine.includes(native))
      shards.push(measure('score selection', 'auto: selection samples', scoreStep));
  }
  return shards;
}

/** The same for a progress display. */
export function planTasks(job: Job, source: PlannedSource, context: PlanContext): PlannedTask[] {
  return planShards(job, source, context).map(({ id, title, seconds }) => ({
    id,
    title,
    seconds,
  }));
}

/** `plan.json`, and what `--plan` prints. */
export function planJob(job: Job, source: PlannedSource, context: PlanContext): Plan {
  const shards = planShards(job, source, context);
  return {
    schema: 'fettle.plan/1',
    model: job.name,
    source: job.shownSource,
    bytes: source.artifact.bytes,
    shards,
    skipped: [],
    seconds: Math.round(10 * shards.reduce((sum, { seconds }) => sum + seconds, 0)) / 10,
    memoryBytes: Math.max(...shards.map(({ memoryBytes }) => memoryBytes)),
  };
}

/** Without files of the user's inputs are drawn, at shapes that have to be found. */
export const hasFiles = ({ data }: Pick<Job, 'data'>): boolean =>
  [data.all, data.calibration, data.evaluation, data.training].some((spec) => spec !== undefined);
