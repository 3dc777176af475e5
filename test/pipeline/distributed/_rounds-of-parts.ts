/** A variant made in parts by workers, round by round, without the rest of a job. */
import type { AssignedStep, Site } from '../../../shared/pipeline/distributed/advance-round.ts';
import { collectResults } from '../../../shared/pipeline/distributed/collect-results.ts';
import {
  type Execution,
  ExecutionKeys,
  FIRST_ROUND,
  type Round,
} from '../../../shared/pipeline/distributed/execution.ts';
import { KnownExecutor } from '../../../shared/pipeline/distributed/known-executor.ts';
import { assignLane } from '../../../shared/pipeline/distributed/lanes.ts';
import type { Shard } from '../../../shared/pipeline/distributed/order.ts';
import { writeOrders } from '../../../shared/pipeline/distributed/write-orders.ts';
import { PendingStep } from '../../../shared/pipeline/pending-step.ts';
import { silentProgress } from '../../../shared/pipeline/progress.ts';
import { makeInParts } from '../../../shared/pipeline/stages/make-in-parts.ts';
import type { CompressInput, CompressResult } from '../../../shared/pipeline/steps/compress.ts';
import { TaskRunner } from '../../../shared/pipeline/task-runner.ts';
import { atOnce } from '../../../shared/pipeline/together.ts';

/** The shards of every round, by step, and what came of them. */
export interface PartsRun {
  readonly result: CompressResult | undefined;
  readonly rounds: readonly (readonly string[])[];
}

/** `run` does the work of all shards of a round. */
export async function roundsOfParts(
  input: CompressInput,
  execution: Execution,
  site: Site & { readonly parts: NonNullable<Site['parts']> },
  run: (shards: readonly Shard[]) => Promise<void>,
): Promise<PartsRun> {
  const keys = new ExecutionKeys('parts');
  const rounds: string[][] = [];
  let round: Round = FIRST_ROUND;
  for (;;) {
    const executor = new KnownExecutor(site.store, site.runtime, {
      failed: new Map(Object.entries(round.failed)),
      fresh: new Set(round.ran),
    });
    const tasks = new TaskRunner(executor, silentProgress);
    const context = { together: atOnce } as const;
    try {
      const work = { tasks, context };
      return { result: await makeInParts(work, input, 'x', site.parts), rounds };
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
