/**
 * One turn of a job whose steps run elsewhere: take in what came back, ask the pipeline what it needs next, and
 * write the orders for it. The pipeline is the one that runs on a single machine.
 */
import { DefectError, UnsupportedError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { ReportDraft } from '../../report/gate.ts';
import type { Machine } from '../../runtime/machine.ts';
import type { PipelineContext } from '../context.ts';
import { toWire } from '../local/error-wire.ts';
import { stepTitle } from '../local/step-title.ts';
import type { ModelRun } from '../optimize.ts';
import type { PartsPolicy } from '../parts.ts';
import { type AdoptingStore, collectResults } from './collect-results.ts';
import {
  type CompareExecution,
  type Execution,
  type ExecutionKeys,
  FIRST_ROUND,
  maxRounds,
  type OptimizeExecution,
  type Round,
  readRound,
} from './execution.ts';
import type { OpenStep } from './known-executor.ts';
import { type Assignment, assignLane, type Lanes } from './lanes.ts';
import type { ObjectStore } from './object-store.ts';
import type { Shard } from './order.ts';
import { renewOrders } from './renew-orders.ts';
import { replay } from './replay.ts';
import type { StepFailure } from './result.ts';
import { type Addresses, writeOrders } from './write-orders.ts';

/** What a distributed job runs on. */
export interface Site {
  readonly objects: ObjectStore;
  readonly store: AdoptingStore;
  readonly addresses: Addresses;
  readonly lanes: Lanes;
  /** That workers have. */
  readonly runtime: string;
  /** What is known beforehand of the machines that measure: of the lane `measure`, and of others as {@link otherArchitectures} says. */
  readonly machine: Machine;
  readonly otherMachines?: readonly Machine[];
  readonly protocol: PipelineContext['protocol'];
  readonly measuresLatency: boolean;
  /** From which size on models are made in parts, where that is not the default. */
  readonly parts?: PartsPolicy;
  readonly log: Log;
}

/** What the state machine does next. */
export type NextTurn =
  | { readonly next: 'run'; readonly shards: readonly Shard[] }
  | { readonly next: 'publish' };

/** Turn `round` of an execution; the same turn taken twice gives the same. @throws what is wrong with the job */
export async function advanceRound(
  execution: Execution,
  keys: ExecutionKeys,
  round: number,
  site: Site,
): Promise<NextTurn> {
  const { objects, addresses } = site;
  const known = await readRound(objects, keys, round);
  // Somebody comes back to it, maybe after days.
  if (known) await renewOrders(execution, keys, round, site);
  const decided = known ?? (await decide(execution, keys, round, site));
  if (decided.open.length === 0) return { next: 'publish' };
  const shards = decided.open.map(async ({ key, lane }): Promise<Shard> => {
    const order = await addresses.read({ key: keys.order(key) });
    return { id: key, lane, order };
  });
  return { next: 'run', shards: await Promise.all(shards) };
}

/** The finished job, once nothing is open. @throws what is wrong with the job */
export async function finishedRun(
  execution: OptimizeExecution,
  keys: ExecutionKeys,
  round: number,
  site: Site,
): Promise<{ readonly run: ModelRun; readonly round: Round }> {
  const { state, last } = await replayLast(execution, keys, round, site);
  if (!('run' in state)) throw notDone();
  return { run: state.run, round: last };
}

/** The finished comparison, likewise. */
export async function finishedComparison(
  execution: CompareExecution,
  keys: ExecutionKeys,
  round: number,
  site: Site,
): Promise<{ readonly draft: ReportDraft; readonly round: Round }> {
  const { state, last } = await replayLast(execution, keys, round, site);
  if (!('draft' in state)) throw notDone();
  return { draft: state.draft, round: last };
}

async function replayLast(execution: Execution, keys: ExecutionKeys, round: number, site: Site) {
  const last = await readRound(site.objects, keys, round);
  if (!last) throw notDone();
  return { state: await replay(execution, last, site), last };
}

const notDone = (): DefectError =>
  new DefectError('a job was to be published whose steps are not all done');

async function decide(
  execution: Execution,
  keys: ExecutionKeys,
  round: number,
  site: Site,
): Promise<Round> {
  const { objects, store } = site;
  const most = maxRounds(execution.job);
  if (round > most) throw new DefectError(`a job was not done after ${most} rounds`);
  const before = round === 0 ? FIRST_ROUND : await readRound(objects, keys, round - 1);
  if (!before) throw new DefectError(`round ${round} of a job came before round ${round - 1}`);
  const { next, steps } = await plan(
    execution,
    await collectResults(before, keys, objects, store),
    site,
  );
  await writeOrders(steps, execution, keys, site);
  const won = await objects.put(keys.round(round), JSON.stringify(next), { ifNoneMatch: '*' });
  return won ? next : ((await readRound(objects, keys, round)) ?? next);
}

/** A step and the machine that it is sent to. */
export interface AssignedStep extends Assignment {
  readonly step: OpenStep;
}

/** What is open now. Steps that no machine here can run have failed, and others may follow from that. */
async function plan(
  execution: Execution,
  collected: Round,
  site: Site,
): Promise<{ readonly next: Round; readonly steps: readonly AssignedStep[] }> {
  let next = collected;
  for (;;) {
    const state = await replay(execution, next, site);
    const failed = { ...next.failed, ...state.failures };
    if (!('open' in state)) return { next: { ...next, failed }, steps: [] };
    const steps: AssignedStep[] = [];
    for (const step of state.open) {
      const assigned = assignLane(step, step.input, site.lanes, execution.job);
      if (assigned) steps.push({ step, ...assigned });
      else failed[step.key] = withoutMachine(step);
    }
    const open = steps.map(({ step: { key, name, version, fresh }, lane }) => ({
      key,
      step: name,
      version,
      lane,
      fresh,
    }));
    next = { ...next, failed, open, progress: state.progress };
    if (steps.length > 0) return { next, steps };
  }
}

function withoutMachine({ key, name }: OpenStep): StepFailure {
  const error = new UnsupportedError(`there is no machine with a GPU for ${stepTitle(name)}`, {
    hint: 'Deploy the stack with a queue of GPUs (docs/deploy.md).',
  });
  return { schema: 'fettle.result/1', key, status: 'failed', error: toWire(error) };
}
