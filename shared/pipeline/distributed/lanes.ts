/** Which kind of machine a step is sent to: by what it needs and what it is expected to take. */
import { z } from 'zod';
import { architectureOf, type Machine } from '../../runtime/machine.ts';
import type { Estimate, Step, Workload } from '../step.ts';

/** A kind of worker: a function of this memory and time-out, or a queue of jobs. */
const laneSchema = z.object({ memoryMb: z.number().positive(), seconds: z.number().positive() });
export type Lane = z.infer<typeof laneSchema>;

/** By name. `work` and `measure` are always there. */
export const lanesSchema = z
  .record(z.string(), laneSchema)
  .refine(
    (lanes) => 'work' in lanes && 'measure' in lanes,
    'the lanes work and measure are missing',
  );
export type Lanes = z.infer<typeof lanesSchema>;

/** From small and at once to large and later. */
const WORKING = ['work', 'large', 'batch'] as const;

/** A function has no larger disk; a queue's machines have 100 GB and more, and are the last to be asked. */
const FUNCTION_DISK_BYTES = 10_240 * 2 ** 20;

/** Whether a lane may be a queue of jobs, which wait and run longer than addresses are sure to last. */
export const isJobLane = (name: string): boolean => name === 'batch' || name === 'gpu';

/** Steps that time or weigh: a machine with whole cores and nothing beside them. */
const MEASURING = new Set(['latency', 'latency-group', 'memory']);

type Architecture = ReturnType<typeof architectureOf>;

/** Lanes that measure on another architecture than all others run on. */
const MEASURE_ON: Readonly<Record<Architecture, string>> = {
  x64: 'measure-x86_64',
  arm64: 'measure-arm64',
};

/** On which architectures something is measured besides that of the lane `measure`. */
export const otherArchitectures = (lanes: Lanes): Architecture[] =>
  (['x64', 'arm64'] as const).filter((one) => MEASURE_ON[one] in lanes);

/** Whether a lane is one of those that measure. */
export const isMeasuringLane = (name: string): boolean =>
  name === 'measure' || Object.values(MEASURE_ON).includes(name);

/** Estimates are rough, and what is killed has to begin again. */
const ROOM = 1.25;

/** Time for fetching before and for uploading and reporting behind the step, of a lane's own. */
const MARGIN = 0.15;

export interface Assignment {
  readonly lane: string;
  /** What the step itself may take there. */
  readonly seconds: number;
  readonly memoryBytes: number;
}

/** What a machine is chosen for. */
export type LaneStep = Pick<Step<never, unknown>, 'name' | 'needs' | 'estimate'> & {
  readonly on?: Machine;
};

/**
 * `undefined`: there is no machine of the kind that the step needs. `limits` are the job's own: where steps run on many
 * machines, its time is each step's.
 */
export function assignLane(
  step: LaneStep,
  input: unknown,
  lanes: Lanes,
  limits: { readonly timeout?: number; readonly memoryBytes?: number } = {},
): Assignment | undefined {
  const assigned = chooseLane(step, input, lanes);
  if (!assigned) return undefined;
  const { timeout = Number.POSITIVE_INFINITY, memoryBytes = Number.POSITIVE_INFINITY } = limits;
  return {
    ...assigned,
    seconds: Math.min(assigned.seconds, timeout),
    memoryBytes: Math.min(assigned.memoryBytes, memoryBytes),
  };
}

function chooseLane(step: LaneStep, input: unknown, lanes: Lanes): Assignment | undefined {
  if (step.needs === 'gpu') return lanes.gpu && assignment('gpu', lanes.gpu);
  // Nothing else is there of another architecture: what has to run on it runs where it is measured.
  const elsewhere = step.on && MEASURE_ON[architectureOf(step.on)];
  const other = elsewhere === undefined ? undefined : lanes[elsewhere];
  if (elsewhere !== undefined && other) return assignment(elsewhere, other);
  if (MEASURING.has(step.name)) return lanes.measure && assignment('measure', lanes.measure);
  const wanted = step.estimate(workloadOf(input));
  const there = WORKING.flatMap((name) => {
    const lane = lanes[name];
    return lane ? [{ name, lane }] : [];
  });
  // What fits nowhere is tried where there is most: an estimate is no measurement.
  const { diskBytes = 0 } = wanted;
  const chosen =
    there.find(
      ({ name, lane }) =>
        fits(wanted, lane) && (name === 'batch' || diskBytes * ROOM <= FUNCTION_DISK_BYTES),
    ) ?? there.at(-1);
  return chosen && assignment(chosen.name, chosen.lane);
}

function fits({ memoryBytes, seconds }: Estimate, lane: Lane): boolean {
  const allowed = assignment('', lane);
  return memoryBytes * ROOM <= allowed.memoryBytes && seconds * ROOM <= allowed.seconds;
}

function assignment(lane: string, { memoryMb, seconds }: Lane): Assignment {
  return {
    lane,
    seconds: Math.floor(seconds * (1 - MARGIN)),
    memoryBytes: Math.floor(memoryMb * (1 - MARGIN)) * 2 ** 20,
  };
}

/** What an input says of the work: its largest model, how many there are, which variant. */
export function workloadOf(input: unknown): Workload {
  const sizes: number[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('digest' in value && 'bytes' in value && typeof value.bytes === 'number')
      sizes.push(value.bytes);
    for (const member of Object.values(value)) visit(member);
  };
  visit(input);
  const variant =
    typeof input === 'object' && input && 'variant' in input && typeof input.variant === 'string'
      ? input.variant
      : undefined;
  return {
    bytes: Math.max(0, ...sizes),
    models: Math.max(1, sizes.length),
    ...(variant !== undefined && { variant }),
  };
}
