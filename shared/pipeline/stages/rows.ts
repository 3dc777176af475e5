/** The stage that turns what was made and measured into rows of the report. Judging them is the report's. */
import { compressedNotes } from '../../report/compressed-text.ts';
import type { RowDraft } from '../../report/gate.ts';
import type { Accuracy, Size } from '../../report/schema.ts';
import { trainingNotes, unlikeSamples } from '../../report/training-text.ts';
import type { AccuracyResult } from '../steps/judge.ts';
import { type DonePair, latencyRow } from './latency-row.ts';
import { machineFor, whyNotMeasured } from './machines.ts';
import type { Measured, Measurements } from './measure.ts';
import { type Build, type DoneBuild, isDone, type ModelWork } from './model-work.ts';

/** Paths of the artifacts relative to the report, by build. */
export type ArtifactPaths = ReadonlyMap<
  Build,
  { readonly path: string; readonly sha256: string; readonly bytes: number }
>;

/** In the order of the builds; `float32` first. */
export function toRows(
  work: ModelWork,
  builds: readonly Build[],
  measurements: Measurements,
  paths: ArtifactPaths,
  { compares = true } = {},
): RowDraft[] {
  return builds
    .filter(({ isRow }) => isRow)
    .map((build) => toRow(work, build, measurements, paths, compares));
}

function toRow(
  work: ModelWork,
  build: Build,
  measurements: Measurements,
  paths: ArtifactPaths,
  compares: boolean,
): RowDraft {
  const { variant: name, target, hardware, result } = build;
  if (!isDone(build)) {
    if (result.status === 'done') throw new TypeError('unreachable');
    return {
      name,
      target,
      hardware,
      status: result.status,
      reason: result.reason,
      code: result.code,
      notes: [],
    };
  }
  const { artifact, facts } = build.result.value;
  // Equal bytes for another hardware would run there at another speed.
  const machine = machineFor(hardware, work.context);
  const measured = measurements.get(machine, artifact);
  const isBase =
    !compares || (artifact.digest === work.prepared.model.digest && name === 'float32');
  const file = paths.get(build);
  const size = sizeOf(work, build.result.value, compares);
  const { description, keptInFloat, sensitivity, training = [], notes } = facts;
  return {
    name,
    target,
    hardware,
    status: 'done',
    ...(description !== undefined && { description }),
    ...(file && { artifact: { ...file } }),
    size,
    ...(measured?.latency?.status === 'done' && {
      latency: { ...latencyRow(measured.latency, isBase), ...cpuOf(measured.latency, work) },
    }),
    ...(measured?.accuracy &&
      (compares || measured.accuracy.metric !== 'fidelity') && {
        accuracy: accuracyRow(measured.accuracy, isBase),
      }),
    ...(compares &&
      measured?.score?.fidelity && {
        fidelity: {
          ...measured.score.fidelity,
          samples: measured.score.samples,
          ...(work.samples.isSynthetic && { synthetic: true }),
        },
      }),
    ...memoryRow(measured, !isBase && measurements.get(machine, work.prepared.model)),
    ...(measured?.failure && !measured.score && { unmeasured: measured.failure.message }),
    coverage: facts.facts.coverage,
    ...(keptInFloat && keptInFloat.length > 0 && { keptInFloat }),
    ...(sensitivity && { sensitivity }),
    ...(training.length > 0 && { training: [...training] }),
    notes: [
      ...notes,
      ...training.flatMap(trainingNotes),
      ...unlikeSamples(training, measured?.accuracy),
      ...compressedNotes({ name, hardware, size }),
      ...(measured?.notes ?? []),
      ...farNote(measured, isBase),
      ...nanNote(measured),
      ...(machine ? [] : [whyNotMeasured(hardware, work.context)]),
    ],
  };
}

/** Only the kind of a cloud's machines is known beforehand: there, and on a second machine, each row says its own. */
function cpuOf({ machine }: DonePair, { context }: ModelWork): { cpu?: string } {
  return machine && machine.cpu !== context.machine.cpu ? { cpu: machine.cpu } : {};
}

/** Below this cosine nobody should take one model for the other. */
const FAR = 0.95;

/** Without labels no verdict says that a variant computes something else: a note does. */
function farNote(measured: Measured | undefined, isBase: boolean): string[] {
  const cosine = measured?.score?.fidelity?.cosine;
  if (isBase || cosine === undefined || cosine >= FAR) return [];
  return [`its outputs are far from the source model's: cosine ${cosine.toFixed(3)}`];
}

/** NaN agrees with NaN, whatever either model computes. */
function nanNote(measured: Measured | undefined): string[] {
  const outputs = measured?.score?.fidelity?.outputs?.filter(({ nan }) => nan) ?? [];
  return outputs.map(({ name, nan, cosine }) =>
    cosine === undefined
      ? `output ${name} is NaN everywhere in both models: nothing is known of it`
      : `output ${name}: NaN in both models at ${nan} ${nan === 1 ? 'place' : 'places'}, not compared`,
  );
}

function sizeOf(
  { prepared }: ModelWork,
  { artifact, facts }: DoneBuild['result']['value'],
  compares: boolean,
): Size {
  const { bytes } = artifact;
  const { parameters, ops } = facts.facts;
  if (!compares) return { bytes, parameters, ops };
  const { compressed } = facts;
  const base = prepared.model.bytes;
  return {
    bytes,
    base,
    ratio: bytes / base,
    ...(compressed && { compressed: compressed.own, baseCompressed: compressed.base }),
    parameters,
    baseParameters: prepared.facts.parameters,
    ops,
    baseOps: prepared.facts.ops,
  };
}

function accuracyRow(
  {
    isNonInferior: _,
    isErrorMetric: __,
    base,
    difference,
    low,
    high,
    verdict,
    wins,
    losses,
    neededSamples,
    ...own
  }: AccuracyResult,
  isBase: boolean,
): Accuracy {
  if (isBase) return own;
  return {
    ...own,
    base,
    difference,
    ...(low !== undefined && { low }),
    ...(high !== undefined && { high }),
    verdict,
    ...(wins !== undefined && { wins }),
    ...(losses !== undefined && { losses }),
    ...(neededSamples !== undefined && { neededSamples }),
  };
}

function memoryRow(
  measured: Measured | undefined,
  ofBase: Measured | undefined | false,
): Pick<RowDraft, 'memory'> {
  if (measured?.peakBytes === undefined) return {};
  const base = ofBase ? ofBase.peakBytes : undefined;
  return {
    memory: {
      peakBytes: Math.round(measured.peakBytes),
      ...(base !== undefined && { basePeakBytes: Math.round(base) }),
    },
  };
}
