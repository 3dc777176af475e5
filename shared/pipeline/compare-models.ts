/** Two models measured beside each other, or one alone as it is: what `measure`, `diff` and a pull request do. */
import type { Hardware } from '../base/hardware.ts';
import type { ReportDraft } from '../report/gate.ts';
import type { Comparison } from '../report/schema.ts';
import type { PipelineContext } from './context.ts';
import type { Sources } from './data-refs.ts';
import type { Job } from './job.ts';
import { matchPorts, type Shown } from './match-ports.ts';
import { modelNameOf } from './names.ts';
import { reportFrame } from './run-jobs.ts';
import { planComparison } from './stages/compare-plan.ts';
import { measureGroup, type RowGroup, variantGroups } from './stages/compare-variants.ts';
import { dataFacts, ioFacts, verifiedBy } from './stages/facts.ts';
import { nativeHardware, onlyOn } from './stages/machines.ts';
import { Measurements } from './stages/measure.ts';
import { measureRows } from './stages/measure-rows.ts';
import { type Build, isDone, MODEL_ROW, type ModelWork } from './stages/model-work.ts';
import { toRows } from './stages/rows.ts';
import { runBase } from './stages/run-base.ts';
import {
  asMeasured,
  type ComparedFile,
  type IdentifiedSides,
  identifySides,
  type MeasuredSide,
  proveSide,
  renamed,
  sideSource,
} from './stages/side.ts';
import { readSamples } from './stages/source.ts';
import { TaskRunner } from './task-runner.ts';

/**
 * Size, latency, accuracy, fidelity of a job's source; with `base` against it, timed side by side and compared
 * sample by sample. Of the job's variants each is made of both, and compared likewise. Files are looked at unless
 * `identified` says what is in them.
 * @throws InputError when the two do not take the same data
 */
export async function compareModels(
  job: Job,
  base: ComparedFile | undefined,
  site: PipelineContext,
  identified?: IdentifiedSides,
): Promise<ReportDraft> {
  const hardware = nativeHardware(job.hardware, site) ?? job.hardware[0] ?? 'x64';
  const context = onlyOn(site, hardware);
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
    const {
      head: own,
      base: other,
      ...inputs
    } = identified ?? (await identifySides(job, base, sources, context.store.name));
    tasks.plan(job.name, planComparison({ head: own, base: other }, job, hardware, context));
    const [given, theirs] = await context.together(
      [own, ...(other ? [other] : [])].map((side) => () => asMeasured(side, tasks)),
    );
    if (!given) throw new TypeError('unreachable');
    const against = theirs ?? given;
    const match = matchPorts(shownPorts(against), shownPorts(given));
    const head = await renamed(given, match.names, tasks);
    // Sizes are those of the user's own files.
    const { artifact, format } = against.given;
    const model = { ...against.prepared.model, bytes: artifact.bytes };
    const prepared = { ...against.prepared, model };
    const samples = await readSamples(job, prepared, inputs, tasks);
    const [headProof, baseProof] = await context.together(
      [head, ...(theirs ? [theirs] : [])].map((side) => () => proveSide(side, samples, tasks)),
    );
    const budgets = budgetsOf(job);
    const work: ModelWork = {
      job: { ...job, budgets },
      context,
      tasks,
      source: { artifact: model, given: artifact, format, notes: [] },
      prepared,
      samples,
      ...(inputs.networks && { networks: inputs.networks }),
    };
    const plain: RowGroup = {
      work,
      builds: [
        ...(theirs ? [asBuild('base', theirs, hardware)] : []),
        asBuild(MODEL_ROW, head, hardware),
      ],
      measurements: new Measurements(),
    };
    const [, variants = []] = theirs
      ? await context.together([
          () => runBase(work).then(() => []),
          () => variantGroups(work, { base: theirs, head }, hardware),
        ])
      : [];
    const groups = await context.together([
      async () => {
        await measureRows(work, plain.builds.filter(isDone), plain.measurements);
        return plain;
      },
      ...variants.map((group) => () => measureGroup(group)),
    ]);
    const seconds = (performance.now() - started) / 1000;
    const comparison: Comparison | undefined = other && {
      kind: 'models',
      base: { label: other.job.shownSource },
      head: { label: job.shownSource },
    };
    // Alone the model ran beside itself: what is said of it holds for ONNX.
    const { fidelity } = plain.measurements.any(head.prepared.model)?.score ?? {};
    const verified = other ? 'not verified' : verifiedBy(fidelity);
    const notes = [
      ...job.notes,
      ...match.notes,
      ...(headProof?.notes ?? []),
      ...(baseProof?.notes ?? []).map((note) => `${against.job.shownSource}: ${note}`),
    ];
    return {
      ...reportFrame(context, { startedAt, seconds }),
      ...(comparison && { comparison }),
      models: [
        {
          name: job.name || modelNameOf(job.source, false),
          ship: rowOf(job.ship),
          ...(Object.keys(budgets).length > 0 && { budgets }),
          source: sideSource(head, headProof, verified),
          ...(theirs && { base: sideSource(theirs, baseProof, 'not verified') }),
          data: dataFacts(samples),
          inputs: head.prepared.inputs.map((value) =>
            ioFacts(value, samples.facts.shapes[value.name]),
          ),
          outputs: head.prepared.outputs.map((value) => ioFacts(value, undefined)),
          opset: head.prepared.opset,
          seed: job.seed,
          seconds,
          ...(notes.length > 0 && { notes }),
          variants: groups.flatMap((group) =>
            toRows(group.work, group.builds, group.measurements, new Map(), {
              compares: other !== undefined,
            }),
          ),
        },
      ],
    };
  } finally {
    await executor.close();
  }
}

/** The row of a variant: float32 is the model as it is. */
const rowOf = (variant: string): string => (variant === 'float32' ? MODEL_ROW : variant);

function budgetsOf({ budgets }: Job): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(budgets).map(([variant, limits]) => [rowOf(variant), { ...limits }]),
  );
}

const shownPorts = ({ job, prepared: { inputs, outputs } }: MeasuredSide): Shown => ({
  shown: job.shownSource,
  inputs,
  outputs,
});

/** What is measured, with the size of the user's own files. */
function asBuild(variant: string, { prepared, given }: MeasuredSide, hardware: Hardware): Build {
  const { model, facts, notes } = prepared;
  const artifact = { ...model, bytes: given.artifact.bytes };
  return {
    variant,
    hardware,
    target: 'onnx',
    isRow: variant === MODEL_ROW,
    result: { status: 'done', value: { artifact, facts: { facts, notes } } },
  };
}
