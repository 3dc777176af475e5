/** `--plan`: what jobs would do, with time and memory here and cost in AWS; nothing is run. */
import type { ExitCode } from '../base/errors.ts';
import { openSource } from '../formats/open-source.ts';
import { locateData } from '../measure/data/locate.ts';
import { isAddress } from '../measure/data/spec.ts';
import { fedInputs } from '../onnx/fed-inputs.ts';
import { checkShapes } from '../pipeline/check-shapes.ts';
import type { PipelineContext } from '../pipeline/context.ts';
import { planInAws } from '../pipeline/distributed/plan-in-aws.ts';
import { inspectedValue } from '../pipeline/inspect.ts';
import type { Job } from '../pipeline/job.ts';
import { PARTS } from '../pipeline/parts.ts';
import { type Plan, type PlannedShard, planJob } from '../pipeline/plan.ts';
import { importOptionsOf, readSource } from '../pipeline/stages/source.ts';
import { importOptions } from '../pipeline/steps/import.ts';
import { USUAL_SAMPLES } from '../pipeline/steps/train-epoch.ts';
import { formatBytes, formatCount, formatDuration, formatUsd } from '../report/numbers.ts';
import type { Environment } from './environment.ts';

interface Flags {
  readonly json?: boolean;
}

/**
 * The plan of one job; with `json` one object. Reads the model's header only. Gives 3 where the run would:
 * nothing that was asked for can be made. @throws as the job itself would for a model that cannot be read
 */
export async function printPlan(
  job: Job,
  context: PipelineContext,
  { stdout }: Environment,
  flags: Flags,
): Promise<ExitCode> {
  const plan = await planOf(job, context);
  stdout.write(flags.json ? jsonText(plan) : planText(plan));
  return isAnyMade(job, plan) ? 0 : 3;
}

/** The same for several jobs; with `json` one array. */
export async function printPlans(
  jobs: readonly Job[],
  context: PipelineContext,
  { stdout }: Environment,
  flags: Flags,
): Promise<ExitCode> {
  const plans: Plan[] = [];
  for (const job of jobs) plans.push(await planOf(job, context));
  stdout.write(flags.json ? jsonText(plans) : plans.map(planText).join('\n'));
  const isAny = jobs.some((job, index) => isAnyMade(job, plans[index]));
  return isAny || jobs.length === 0 ? 0 : 3;
}

async function planOf(job: Job, context: PipelineContext): Promise<Plan> {
  const given = await readSource(job, {});
  for (const spec of [job.data.all, job.data.calibration, job.data.evaluation, job.data.training])
    if (spec && !isAddress(spec.path)) await locateData(spec);
  using opened = await openSource(given.file, importOptions(importOptionsOf(job)));
  checkShapes(job.inputs, fedInputs(opened.model).map(inspectedValue), job.shownSource);
  const plan = planJob(job, given, context);
  return { ...plan, ...costOf(plan, planInAws(planJob(job, given, { ...context, parts: PARTS }))) };
}

/** There a large model is made in parts: its shards are others than here. */
function costOf(plan: Plan, inAws: Plan): Pick<Plan, 'shards' | 'aws'> {
  const keyOf = ({ id, step }: PlannedShard): string => `${step} ${id}`;
  const known = new Map(inAws.shards.map((shard) => [keyOf(shard), shard.aws]));
  const shards = plan.shards.map((shard) => {
    const aws = known.get(keyOf(shard));
    return aws ? { ...shard, aws } : shard;
  });
  return inAws.aws ? { shards, aws: inAws.aws } : { shards };
}

/** Data is not read for a plan. */
const EPOCHS = `epochs are counted as for ${formatCount(USUAL_SAMPLES)} samples; --minutes limits those of each variant`;

/** In which lane of the stack, and for how much. */
const awsText = ({ aws }: PlannedShard): string =>
  aws?.usd === undefined ? '' : `  ${formatUsd(aws.usd).padStart(8)} in AWS (${aws.lane})`;

function totalText({ usd, prices }: NonNullable<Plan['aws']>, shards: Plan['shards']): string {
  const isInBatch = shards.some(({ aws }) => aws?.lane === 'batch');
  const spot = isInBatch ? '; containers on demand, which on Spot are less' : '';
  return `in AWS about ${formatUsd(usd)}, by the list prices of ${prices.region}, ${prices.date}${spot}`;
}

const isAnyMade = ({ variants, asksForFloat32 }: Job, plan: Plan | undefined): boolean =>
  asksForFloat32 || variants.length > (plan?.skipped.length ?? 0);

const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function planText({ model, shards, skipped, seconds, memoryBytes, aws }: Plan): string {
  const width = Math.max(...shards.map(({ title }) => title.length));
  const steps = shards.map(
    (shard) =>
      `  ${shard.title.padEnd(width)}  about ${formatDuration(shard.seconds).padStart(8)}  up to ${formatBytes(shard.memoryBytes).padStart(7)}${awsText(shard)}`,
  );
  const missing = skipped.map(({ variant, reason }) => `  – ${variant} skipped: ${reason}`);
  return `${[
    `${model}: ${shards.length} steps, about ${formatDuration(seconds)} with nothing in the store (what is known from before takes no time), up to ${formatBytes(memoryBytes)} of memory, on this machine`,
    ...(aws ? [totalText(aws, shards)] : []),
    '',
    ...steps,
    ...(shards.some(({ times }) => times !== undefined) ? ['', EPOCHS] : []),
    ...(missing.length > 0 ? ['', ...missing] : []),
  ].join('\n')}\n`;
}
