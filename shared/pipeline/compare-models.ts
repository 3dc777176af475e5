/** One model measured as it is, alone or beside a base: what `measure` and `diff` do. */
import { InputError } from '../base/errors.ts';
import { acceptModel } from '../onnx/accept-model.ts';
import { openModel } from '../onnx/read-model.ts';
import type { ReportDraft } from '../report/gate.ts';
import type { Comparison } from '../report/schema.ts';
import type { StoredArtifact } from './artifact.ts';
import type { PipelineContext } from './context.ts';
import type { Sources } from './data-refs.ts';
import { describeModel } from './inspect.ts';
import type { Job } from './job.ts';
import { modelFacts } from './model-facts.ts';
import { modelNameOf } from './names.ts';
import { hasFiles } from './plan.ts';
import { reportFrame } from './run-jobs.ts';
import { dataFacts, ioFacts, verifiedBy } from './stages/facts.ts';
import type { Measurements } from './stages/measure.ts';
import { measureRows } from './stages/measure-rows.ts';
import { type Build, isDone, MODEL_ROW, type ModelWork } from './stages/model-work.ts';
import { toRows } from './stages/rows.ts';
import {
  type GivenSource,
  importSource,
  type LocalSource,
  readSamples,
  readSource,
  referToInputs,
} from './stages/source.ts';
import type { Step } from './step.ts';
import { latencyGroupStep } from './steps/latency.ts';
import { memoryStep } from './steps/memory.ts';
import { type Prepared, prepareStep } from './steps/prepare.ts';
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
    const head = await readSource(job, sources);
    const baseJob = base && { ...job, source: base.path, shownSource: base.shown };
    const against = baseJob ? await readSource(baseJob, sources) : head;
    const { protocol } = context;
    const task = (id: string, title: string, step: Pick<Step<never, unknown>, 'estimate'>) => {
      const work = { bytes: head.artifact.bytes, models: base ? 2 : 1, protocol };
      return { id, title, seconds: step.estimate(work).seconds };
    };
    tasks.plan(job.name, [
      ...(hasFiles(job)
        ? []
        : [task('shapes', 'inputs: shapes at which it runs', probeShapesStep)]),
      task('data', 'data: read and split', splitStep),
      task('score evaluation', 'accuracy and fidelity', scoreStep),
      task('memory', 'peak memory', memoryStep),
      task('latency', base ? 'latency: both side by side' : 'latency', latencyGroupStep),
    ]);
    const own = await asMeasured(head, job, tasks);
    const prepared = baseJob ? await asMeasured(against, baseJob, tasks) : own;
    if (base) checkSameInterface(prepared, own);
    const source = { artifact: prepared.model, given: against.artifact, format: against.format };
    const inputs = await referToInputs(job, sources, context.store.name);
    const samples = await readSamples({ ...job, variants: [] }, prepared, inputs, tasks);
    const budgets: Job['budgets'] =
      Object.keys(job.budgets).length > 0 ? { [MODEL_ROW]: { ...job.budgets[job.ship] } } : {};
    const work: ModelWork = {
      job: { ...job, budgets },
      context,
      tasks,
      source: { ...source, notes: [] },
      prepared,
      samples,
    };
    const hardware = job.hardware[0] ?? 'x64';
    const build = (variant: string, artifact: StoredArtifact, facts: Prepared): Build => ({
      variant,
      hardware,
      target: 'onnx',
      isRow: variant === MODEL_ROW,
      result: {
        status: 'done',
        value: { artifact, facts: { facts: facts.facts, notes: facts.notes } },
      },
    });
    const builds = [
      ...(base ? [build('base', ofSize(prepared.model, against), prepared)] : []),
      build(MODEL_ROW, ofSize(own.model, head), own),
    ];
    const measurements: Measurements = new Map();
    await measureRows(work, builds.filter(isDone), measurements);
    const seconds = (performance.now() - started) / 1000;
    const comparison: Comparison | undefined = base && {
      kind: 'models',
      base: { label: base.shown },
      head: { label: job.shownSource },
    };
    return {
      ...reportFrame(context, { startedAt, seconds }),
      ...(comparison && { comparison }),
      models: [
        {
          name: job.name || modelNameOf(job.source, false),
          ship: MODEL_ROW,
          ...(budgets[MODEL_ROW] && { budgets: { [MODEL_ROW]: { ...budgets[MODEL_ROW] } } }),
          source: {
            path: job.shownSource,
            format: head.format,
            sha256: head.artifact.digest,
            bytes: head.artifact.bytes,
            // Of another format the file itself did not run: nothing is claimed of its conversion.
            verified:
              base || head.format !== 'onnx'
                ? 'not verified'
                : verifiedBy(measurements.get(own.model.digest)?.score?.fidelity),
          },
          data: dataFacts(samples),
          inputs: own.inputs.map((value) => ioFacts(value, samples.facts.shapes[value.name])),
          outputs: own.outputs.map((value) => ioFacts(value, undefined)),
          opset: own.opset,
          seed: job.seed,
          seconds,
          variants: toRows(work, builds, measurements, new Map(), { compares: base !== undefined }),
        },
      ],
    };
  } finally {
    await executor.close();
  }
}

/**
 * The model that is timed and scored: an ONNX model as it is, of another format its float32 form.
 * @throws as readers do
 */
async function asMeasured(given: LocalSource, job: Job, tasks: TaskRunner): Promise<Prepared> {
  if (given.format !== 'onnx') {
    const { artifact, notes } = await importSource(given, job, tasks);
    const prepared = await tasks.run('prepare', prepareStep, { source: artifact });
    return { ...prepared, notes: [...notes, ...prepared.notes] };
  }
  using opened = openModel(given.file);
  const { notes } = acceptModel(opened.model, job.shownSource);
  const { opsets, inputs, outputs, nodes } = describeModel(opened.model);
  const facts = await modelFacts(opened.model);
  return {
    model: given.artifact,
    opset: opsets['ai.onnx'] ?? 0,
    inputs,
    outputs,
    facts,
    sourceOps: nodes,
    passes: {},
    notes: [...notes],
  };
}

/** What is measured, with the size of the user's own files. */
const ofSize = (model: StoredArtifact, { artifact: { bytes } }: GivenSource): StoredArtifact => ({
  ...model,
  bytes,
});

/** Data is fed by the names of the base's inputs, and outputs are compared by name. */
function checkSameInterface(base: Prepared, head: Prepared): void {
  for (const kind of ['inputs', 'outputs'] as const) {
    const names = (side: Prepared): string =>
      side[kind]
        .map(({ name }) => name)
        .sort()
        .join(', ');
    if (names(base) !== names(head)) {
      throw new InputError(
        `the two models have different ${kind}: ${names(base)} against ${names(head)}`,
        {
          hint: 'They can only be compared when they take the same data and give the same outputs; measure each by itself.',
        },
      );
    }
  }
}
