/** The pipeline over what is known of an execution: to its end, or to the steps that it waits for. */
import type { ReportDraft } from '../../report/gate.ts';
import { describeAlone } from '../compare-jobs.ts';
import { compareModels } from '../compare-models.ts';
import type { PipelineContext } from '../context.ts';
import { type ModelRun, optimizeModel } from '../optimize.ts';
import { PARTS } from '../parts.ts';
import { PendingStep } from '../pending-step.ts';
import { atOnce } from '../together.ts';
import type { Site } from './advance-round.ts';
import { type Execution, filesBeside, type Round } from './execution.ts';
import { FractionDone } from './fraction-done.ts';
import { KnownExecutor, type OpenStep } from './known-executor.ts';

/** What came of it. */
export type Replayed = (
  | { readonly run: ModelRun }
  | { readonly draft: ReportDraft }
  | { readonly open: readonly OpenStep[]; readonly progress: number }
) & {
  /** Of steps that ran meanwhile, in the store itself. */
  readonly failures: Round['failed'];
};

/** @throws what is wrong with the job */
export async function replay(execution: Execution, round: Round, site: Site): Promise<Replayed> {
  const executor = new KnownExecutor(site.store.beside(filesBeside(execution)), site.runtime, {
    failed: new Map(Object.entries(round.failed)),
    fresh: new Set(round.ran),
  });
  const progress = new FractionDone();
  const context: PipelineContext = {
    store: site.store,
    log: site.log,
    progress,
    machine: site.machine,
    otherMachines: site.otherMachines ?? [],
    runtime: site.runtime,
    openExecutor: () => executor,
    together: atOnce,
    // Candidates of `auto` are made side by side: what each is expected to take is all that counts.
    now: () => 0,
    remeasure: false,
    protocol: site.protocol,
    measuresLatency: site.measuresLatency,
    parts: site.parts ?? PARTS,
  };
  const { failures } = executor;
  try {
    return { ...(await finish(execution, context)), failures };
  } catch (error) {
    if (error instanceof PendingStep)
      return { open: executor.open, progress: progress.fraction, failures };
    throw error;
  }
}

async function finish(
  execution: Execution,
  context: PipelineContext,
): Promise<{ readonly run: ModelRun } | { readonly draft: ReportDraft }> {
  const { job } = execution;
  if (execution.kind === 'optimize')
    return { run: await optimizeModel(job, context, execution.identified) };
  const { head, base, ...inputs } = execution.sides;
  if (base) {
    const file = { path: base.job.source, shown: base.job.shownSource };
    return { draft: await compareModels(job, file, context, execution.sides) };
  }
  return {
    draft: await describeAlone(job, context, {
      identified: { given: head.given, ...inputs },
      isNew: true,
    }),
  };
}
