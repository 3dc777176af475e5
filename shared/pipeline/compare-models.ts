/** One model measured as it is, alone or beside a base: what `measure` and `diff` do. */
import type { ReportDraft } from '../report/gate.ts';
import type { Comparison } from '../report/schema.ts';
import type { PipelineContext } from './context.ts';
import type { Sources } from './data-refs.ts';
import type { Job } from './job.ts';
import { matchPorts, type Shown } from './match-ports.ts';
import { modelNameOf } from './names.ts';
import { hasFiles } from './plan.ts';
import type { PlannedTask } from './progress.ts';
import { reportFrame } from './run-jobs.ts';
import { dataFacts, ioFacts, verifiedBy } from './stages/facts.ts';
import type { Measurements } from './stages/measure.ts';
import { measureRows } from './stages/measure-rows.ts';
import { type Build, isDone, MODEL_ROW, type ModelWork } from './stages/model-work.ts';
import { toRows } from './stages/rows.ts';
import {
  asMeasured,
  type MeasuredSide,
  proveSide,
  readSides,
  renamed,
  type Side,
  sideSource,
  sideTasks,
} from './stages/side.ts';
import { readSamples, referToInputs } from './stages/source.ts';
import type { Step } from './step.ts';
import { latencyGroupStep } from './steps/latency.ts';
import { memoryStep } from './steps/memory.ts';
import { probeShapesStep } from './steps/probe-shapes.ts';
import { scoreStep } from './steps/score.ts';
import { splitStep } from './steps/split.ts';
import { TaskRunner } from './task-runner.ts';

/**
 * Size, latency, accuracy, fidelity of a job's source; with `base` (a path) against it, timed side by
 * side and compared sample by sample. @throws InputError when the two do not take the same data
 */
export async function compareModels(
  job: Job,
  base: { readonly path: string; readonly shown: string } | undefined,
  context: PipelineContext,
): Promise<ReportDraft> {
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const sources: Sources = {};
  const executor = context.openExecutor({
    sources,
    timeout: job.timeout,
    memoryBytes: job.memoryBytes,
  });
  const tasks = new TaskRunner(executor, context.progress);
  try {
    const sides = await readSides(job, base, sources);
    tasks.plan(job.name, planned(sides, context));
    const given = await asMeasured(sides.head, tasks);
    const against = sides.base ? await asMeasured(sides.base, tasks) : given;
    const match = matchPorts(shownPorts(against), shownPorts(given));
    const head = await renamed(given, match.names, tasks);
    // Sizes are those of the user's own files.
    const { artifact, format } = against.given;
    const model = { ...against.prepared.model, bytes: artifact.bytes };
    const prepared = { ...against.prepared, model };
    const inputs = await referToInputs(job, sources, context.store.name);
    const samples = await readSamples({ ...job, variants: [] }, prepared, inputs, tasks);
    const proofs = {
      base: sides.base && (await proveSide(against, samples, tasks)),
      head: await proveSide(head, samples, tasks),
    };
    const budgets: Job['budgets'] =
      Object.keys(job.budgets).length > 0 ? { [MODEL_ROW]: { ...job.budgets[job.ship] } } : {};
    const work: ModelWork = {
      job: { ...job, budgets },
      context,
      tasks,
      source: { artifact: model, given: artifact, format, notes: [] },
      prepared,
      samples,
    };
    const builds = [
      ...(sides.base ? [asBuild('base', against, job)] : []),
      asBuild(MODEL_ROW, head, job),
    ];
    const measurements: Measurements = new Map();
    await measureRows(work, builds.filter(isDone), measurements);
    const seconds = (performance.now() - started) / 1000;
    const comparison: Comparison | undefined = base && {
      kind: 'models',
      base: { label: base.shown },
      head: { label: job.shownSource },
    };
    // Alone the model ran beside itself: what is said of it holds for ONNX.
    const { fidelity } = measurements.get(head.prepared.model.digest)?.score ?? {};
    const verified = sides.base ? 'not verified' : verifiedBy(fidelity);
    const notes = [
      ...match.notes,
      ...(proofs.head?.notes ?? []),
      ...(proofs.base?.notes ?? []).map((note) => `${against.job.shownSource}: ${note}`),
    ];
    return {
      ...reportFrame(context, { startedAt, seconds }),
      ...(comparison && { comparison }),
      models: [
        {
          name: job.name || modelNameOf(job.source, false),
          ship: MODEL_ROW,
          ...(budgets[MODEL_ROW] && { budgets: { [MODEL_ROW]: { ...budgets[MODEL_ROW] } } }),
          source: sideSource(head, proofs.head, verified),
          ...(sides.base && { base: sideSource(against, proofs.base, 'not verified') }),
          data: dataFacts(samples),
          inputs: head.prepared.inputs.map((value) =>
            ioFacts(value, samples.facts.shapes[value.name]),
          ),
          outputs: head.prepared.outputs.map((value) => ioFacts(value, undefined)),
          opset: head.prepared.opset,
          seed: job.seed,
          seconds,
          ...(notes.length > 0 && { notes }),
          variants: toRows(work, builds, measurements, new Map(), { compares: base !== undefined }),
        },
      ],
    };
  } finally {
    await executor.close();
  }
}

/** Tasks in the order in which they run. */
function planned(
  { head, base }: { readonly head: Side; readonly base: Side | undefined },
  { protocol }: Pick<PipelineContext, 'protocol'>,
): PlannedTask[] {
  const { bytes } = head.given.artifact;
  const work = { bytes, models: base ? 2 : 1, protocol };
  const task = (
    id: string,
    title: string,
    step: Pick<Step<never, unknown>, 'estimate'>,
  ): PlannedTask => ({ id, title, seconds: step.estimate(work).seconds });
  const [own, other] = [sideTasks(head), base && sideTasks(base)];
  return [
    ...own.reading,
    ...(other?.reading ?? []),
    ...(hasFiles(head.job)
      ? []
      : [task('shapes', 'inputs: shapes at which it runs', probeShapesStep)]),
    task('data', 'data: read and split', splitStep),
    ...(other?.proving ?? []),
    ...own.proving,
    task('score evaluation', 'accuracy and fidelity', scoreStep),
    task('memory', 'peak memory', memoryStep),
    task('latency', base ? 'latency: both side by side' : 'latency', latencyGroupStep),
  ];
}

const shownPorts = ({ job, prepared: { inputs, outputs } }: MeasuredSide): Shown => ({
  shown: job.shownSource,
  inputs,
  outputs,
});

/** What is measured, with the size of the user's own files. */
function asBuild(variant: string, { prepared, given }: MeasuredSide, { hardware }: Job): Build {
  const { model, facts, notes } = prepared;
  const artifact = { ...model, bytes: given.artifact.bytes };
  return {
    variant,
    hardware: hardware[0] ?? 'x64',
    target: 'onnx',
    isRow: variant === MODEL_ROW,
    result: { status: 'done', value: { artifact, facts: { facts, notes } } },
  };
}
