/** What workers make in parts, round by round, without the rest of a job. */
import type { AssignedStep, Site } from '../../../shared/pipeline/distributed/advance-round.ts';
import { collectResults } from '../../../shared/pipeline/distributed/collect-results.ts';
import {
  type Execution,
  ExecutionKeys,
  FIRST_ROUND,
  filesBeside,
  type Round,
} from '../../../shared/pipeline/distributed/execution.ts';
import { KnownExecutor } from '../../../shared/pipeline/distributed/known-executor.ts';
import { assignLane } from '../../../shared/pipeline/distributed/lanes.ts';
import type { Shard } from '../../../shared/pipeline/distributed/order.ts';
import { writeOrders } from '../../../shared/pipeline/distributed/write-orders.ts';
import { PendingStep } from '../../../shared/pipeline/pending-step.ts';
import { silentProgress } from '../../../shared/pipeline/progress.ts';
import { makeInParts } from '../../../shared/pipeline/stages/make-in-parts.ts';
import type { PrepareWork } from '../../../shared/pipeline/stages/prepare-source.ts';
import type { CompressInput, CompressResult } from '../../../shared/pipeline/steps/compress.ts';
import { TaskRunner } from '../../../shared/pipeline/task-runner.ts';
import { atOnce } from '../../../shared/pipeline/together.ts';

/** The shards of every round, by step, and what came of them. */
export interface PartsRun<T> {
  readonly result: T;
  readonly rounds: readonly (readonly string[])[];
}

type PartsSite = Site & { readonly parts: NonNullable<Site['parts']> };

/** Does the work of all shards of a round. */
type RunShards = (shards: readonly Shard[]) => Promise<void>;

/** A variant of a model. */
export const roundsOfParts = (
  input: CompressInput,
  execution: Execution,
  site: PartsSite,
  run: RunShards,
): Promise<PartsRun<CompressResult | undefined>> =>
  roundsOf((work) => makeInParts(work, input, 'x', site.parts), { execution, site, run });

/** Whatever asks for steps. */
export async function roundsOf<T>(
  make: (work: PrepareWork) => Promise<T>,
  {
    execution,
    site,
    run,
  }: { readonly execution: Execution; readonly site: PartsSite; readonly run: RunShards },
): Promise<PartsRun<T>> {
  const keys = new ExecutionKeys('parts');
  const store = site.store.beside(filesBeside(execution));
  const rounds: string[][] = [];
  let round: Round = FIRST_ROUND;
  for (;;) {
    const executor = new KnownExecutor(store, site.runtime, {
      failed: new Map(Object.entries(round.failed)),
      fresh: new Set(round.ran),
    });
    const tasks = new TaskRunner(executor, silentProgress);
    const context = { together: atOnce, parts: site.parts } as const;
    try {
      return { result: await make({ tasks, context }), rounds };
    } catch (error) {
      if (!(error instanceof PendingStep)) throw error;
    }
    const steps = executor.open.map((step): AssignedStep => {
      const assigned = assignLane(step, step.input, site.lanes);
      if (!assigned) throw new Error('no lane');
      return { step, ...assigned };
    });
    await writeOrders(steps, execution, keys, site);
    rounds.push(steps.map(({ step }) => step.name));
    await run(
      await Promise.all(
        steps.map(async ({ step: { key }, lane }) => {
          const order = await site.addresses.read({ key: keys.order(key) });
          return { id: key, lane, order };
        }),
      ),
    );
    const open = steps.map(({ step: { key, name, version, fresh }, lane }) => ({
      ...{ key, step: name, version, lane, fresh },
    }));
    round = await collectResults({ ...round, open }, keys, site.objects, site.store);
  }
}
