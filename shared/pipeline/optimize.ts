/** The whole job on one model, as a table of contents. */
import type { ModelDraft } from '../report/gate.ts';
import type { PipelineContext } from './context.ts';
import type { Sources } from './data-refs.ts';
import type { Job } from './job.ts';
import { planTasks } from './plan.ts';
import { type AutoOutcome, searchAuto } from './stages/auto.ts';
import { AutoBudget } from './stages/auto-budget.ts';
import { dataFacts, ioFacts, verifiedBy } from './stages/facts.ts';
import { buildTargets, makeVariants } from './stages/make.ts';
import { Measurements } from './stages/measure.ts';
import { proveRows, timeRows } from './stages/measure-rows.ts';
import { type Build, type DoneBuild, isDone, type ModelWork } from './stages/model-work.ts';
import { prepareSource } from './stages/prepare-source.ts';
import { type ArtifactPaths, toRows } from './stages/rows.ts';
import { runBase } from './stages/run-base.ts';
import { type Identified, identifyJob, importSource, readSamples } from './stages/source.ts';
import { verifySource } from './stages/verify-source.ts';
import { TaskRunner } from './task-runner.ts';

/** What one model's run gave: everything of its report but paths and judgements, and what to write. */
export interface ModelRun {
  readonly job: Job;
  readonly work: ModelWork;
  /** Every row; those that are done are to be written. */
  readonly builds: readonly Build[];
  /** The report's part on this model, once the artifacts have paths. */
  readonly draft: (paths: ArtifactPaths) => ModelDraft;
}

/**
 * Converts, compresses, builds, measures. What fails for one variant is a row; what is wrong with the
 * model or the data is thrown. Files of the job are looked at unless `identified` says what is in them.
 */
export async function optimizeModel(
  job: Job,
  context: PipelineContext,
  identified?: Identified,
): Promise<ModelRun> {
  const started = performance.now();
  const sources: Sources = {};
  const executor = context.openExecutor({
    sources,
    timeout: job.timeout,
    memoryBytes: job.memoryBytes,
  });
  const tasks = new TaskRunner(executor, context.progress);
  try {
    const { given, ...inputs } =
      identified ?? (await identifyJob(job, sources, context.store.name));
    tasks.plan(job.name, planTasks(job, given, context));
    const source = await importSource(given, job, tasks);
    const prepared = await prepareSource(source.artifact, job.opset, { tasks, context });
    const samples = await readSamples(job, prepared, inputs, tasks);
    const { networks } = inputs;
    const work: ModelWork = {
      ...{ job, context, tasks, source, prepared, samples },
      ...(networks && { networks }),
    };

    const proof = await verifySource(work);
    const budget = new AutoBudget(job.autoSeconds, context.now);
    const [, made = []] = await context.together([
      () => runBase(work).then(() => []),
      () => makeVariants(work, budget),
    ]);
    const built = await buildTargets(work, made);
    const measurements = new Measurements();
    // What is wrong with the data shows here, before minutes are spent on timing.
    await proveRows(work, rowsOf(built), measurements);
    await timeRows(work, built.filter(isDone), measurements);
    const auto = await searchAuto(work, made, built, measurements, budget);
    const builds = [...built.filter(({ isRow }) => isRow), ...(auto?.builds ?? [])];
    // Auto's own choice may be none of the rows, or not timed for every target; all else is known.
    if (auto?.builds.some(isDone)) {
      await proveRows(work, rowsOf(builds), measurements);
      await timeRows(work, rowsOf(builds), measurements);
    }

    const seconds = (performance.now() - started) / 1000;
    return {
      job,
      work,
      builds,
      draft: (paths) => ({
        name: job.name,
        ...(auto && { recommended: auto.recommended, auto: auto.search }),
        asked: [...(job.asksForFloat32 ? ['float32'] : []), ...job.variants],
        ship: job.ship,
        budgets: copyBudgets(job.budgets),
        source: {
          path: job.shownSource,
          format: source.format,
          sha256: source.given.digest,
          bytes: source.given.bytes,
          verified:
            proof?.verified ?? verifiedBy(measurements.any(prepared.model)?.score?.fidelity),
          ...(proof?.agrees !== undefined && { agrees: proof.agrees }),
        },
        data: dataFacts(work.samples),
        inputs: prepared.inputs.map((value) => ioFacts(value, samples.facts.shapes[value.name])),
        outputs: prepared.outputs.map((value) => ioFacts(value, undefined)),
        opset: prepared.opset,
        seed: job.seed,
        seconds,
        ...notesOf([...job.notes, ...source.notes, ...(proof?.notes ?? [])], auto),
        variants: toRows(work, builds, measurements, paths),
      }),
    };
  } finally {
    await executor.close();
  }
}

const rowsOf = (builds: readonly Build[]): DoneBuild[] =>
  builds.filter(isDone).filter(({ isRow }) => isRow);

/** The reason of a search is the report's headline, unless a variant is recommended: then its gains are. */
function notesOf(own: readonly string[], auto: AutoOutcome | undefined): Pick<ModelDraft, 'notes'> {
  const isHeadline =
    auto === undefined || auto.recommended === null || auto.recommended === 'float32';
  const notes = [...own, ...(isHeadline ? [] : [`auto: ${auto.search.reason}`])];
  return notes.length > 0 ? { notes } : {};
}

const copyBudgets = (budgets: Job['budgets']): Record<string, Record<string, string>> =>
  Object.fromEntries(Object.entries(budgets).map(([variant, limits]) => [variant, { ...limits }]));
