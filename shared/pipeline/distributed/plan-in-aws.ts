/** A plan as the stack does it: in which lane each step runs, and what all of it costs. */
import type { Plan, PlannedShard } from '../plan.ts';
import { assignLane, type Lanes } from './lanes.ts';
import {
  type Architecture,
  COMPUTE,
  CONTAINER_DISK_GB_HOUR,
  FUNCTION_CALL,
  FUNCTION_DISK_GB_SECOND,
  PRICES_OF,
  S3_READ,
  S3_WRITE,
  STATE_TRANSITION,
} from './prices.ts';

/** What the stack offers by default, and the queue of containers, which is a choice. */
export const STACK_LANES: Lanes = {
  work: { memoryMb: 3538, seconds: 900 },
  large: { memoryMb: 10_240, seconds: 900 },
  measure: { memoryMb: 3538, seconds: 900 },
  batch: { memoryMb: 30_720, seconds: 6 * 3600 },
};

export interface AwsOptions {
  readonly lanes?: Lanes;
  /** Of the lanes that are not named for another. */
  readonly architecture?: Architecture;
}

/** The same plan, with lanes and prices. */
export function planInAws(
  plan: Plan,
  { lanes = STACK_LANES, architecture = 'x64' }: AwsOptions = {},
): Plan {
  const shards = plan.shards.map((shard) => ({ ...shard, ...laneOf(shard, lanes, architecture) }));
  // Each epoch is a round of its own; networks that are trained at once share them.
  const rounds = Math.max(...shards.map(({ times = 0 }) => times), 0);
  const rest = control(architecture, ROUNDS + rounds);
  const usd = shards.reduce((sum, shard) => sum + (shard.aws?.usd ?? 0), rest);
  return { ...plan, shards, aws: { usd: rounded(usd), architecture, prices: PRICES_OF } };
}

function laneOf(
  shard: PlannedShard,
  lanes: Lanes,
  architecture: Architecture,
): Pick<PlannedShard, 'aws'> {
  // What S3 does by itself, `advance` waits for.
  if (shard.inStore)
    return {
      aws: {
        lane: 'advance',
        memoryMb: ADVANCE.memoryMb,
        usd: priced(ADVANCE, shard, architecture),
      },
    };
  const { times = 1, memoryBytes, diskBytes, on } = shard;
  const seconds = shard.seconds / times;
  const estimate = { seconds, memoryBytes, ...(diskBytes !== undefined && { diskBytes }) };
  const step = { name: shard.step, needs: shard.needs, estimate: () => estimate };
  const machine = on && { cpu: '', features: on === 'arm64' ? ['neon'] : [], cores: 2 };
  const assigned = assignLane({ ...step, ...(machine && { on: machine }) }, undefined, lanes);
  const lane = assigned && lanes[assigned.lane];
  if (!assigned || !lane) return {};
  const { memoryMb } = lane;
  const costs = { lane: assigned.lane, memoryMb };
  // Which machine has the GPU, and at what price, is the stack's choice.
  if (assigned.lane === 'gpu') return { aws: costs };
  const usd = priced({ ...costs, diskMb: FUNCTION_DISK_MB }, { seconds }, on ?? architecture);
  return { aws: { ...costs, usd: rounded(times * usd) } };
}

/** The machine by the second, a call of it, and what goes with each shard. */
function priced(
  { lane, memoryMb, diskMb }: Priced,
  { seconds }: Pick<PlannedShard, 'seconds'>,
  architecture: Architecture,
): number {
  const perSecond =
    lane === 'batch'
      ? containerSecond(memoryMb, architecture)
      : functionSecond(memoryMb, diskMb, architecture);
  const billed = lane === 'batch' ? Math.max(CONTAINER_LEAST_SECONDS, seconds) : seconds;
  return rounded(perSecond * billed + PER_SHARD);
}

interface Priced {
  readonly lane: string;
  readonly memoryMb: number;
  readonly diskMb: number;
}

const functionSecond = (memoryMb: number, diskMb: number, architecture: Architecture): number =>
  (memoryMb / 1024) * COMPUTE[architecture].functionGbSecond +
  (Math.max(0, diskMb - 512) / 1024) * FUNCTION_DISK_GB_SECOND;

function containerSecond(memoryMb: number, architecture: Architecture): number {
  const { containerCpuHour, containerGbHour } = COMPUTE[architecture];
  const hour =
    CONTAINER_CPUS * containerCpuHour +
    (memoryMb / 1024) * containerGbHour +
    (CONTAINER_DISK_GB - 20) * CONTAINER_DISK_GB_HOUR;
  return hour / 3600;
}

/** As `cdk/` makes them by default. */
const FUNCTION_DISK_MB = 10_240;
const CONTAINER_CPUS = 4;
const CONTAINER_DISK_GB = 100;
const ADVANCE: Priced = { lane: 'advance', memoryMb: 3538, diskMb: 1024 };
const PUBLISH: Priced = { lane: 'publish', memoryMb: 2048, diskMb: 10_240 };

/** Fargate bills a minute at least. */
const CONTAINER_LEAST_SECONDS = 60;

/** A choice and a task of the map; the order, the result and what was made; inputs and looks at all of these. */
const PER_SHARD = FUNCTION_CALL + 3 * STATE_TRANSITION + 5 * S3_WRITE + 15 * S3_READ;

/** A job of one variant takes six, one with `auto` ten. */
const ROUNDS = 8;

/** A turn of `advance`, and `publish`, take so long with a model of some MB. */
const TURN_SECONDS = 1;

/** Of what runs whatever the steps are. */
function control(architecture: Architecture, rounds: number): number {
  const second = ({ memoryMb, diskMb }: Priced): number =>
    functionSecond(memoryMb, diskMb, architecture);
  const round = TURN_SECONDS * second(ADVANCE) + FUNCTION_CALL + 3 * STATE_TRANSITION;
  const end = TURN_SECONDS * second(PUBLISH) + FUNCTION_CALL + 3 * STATE_TRANSITION;
  return rounds * round + end;
}

/** Millionths of a dollar: a small step costs a few of them. */
const rounded = (usd: number): number => Math.round(usd * 1e6) / 1e6;
