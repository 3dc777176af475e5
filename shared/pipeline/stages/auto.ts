/** The stage of `auto`: every candidate measured on selection samples, and the best of them as a row of its own. */

import { judgeSamples } from '../../measure/latency/time.ts';
import type { AutoSearch } from '../../report/schema.ts';
import { type AutoCandidate, chooseVariant } from '../choose.ts';
import { isCalibrated } from '../names.ts';
import type { MadeOnnx } from './make.ts';
import { buildOne, nativeHardware } from './make.ts';
import { type Measurements, scoreBuilds } from './measure.ts';
import { type Build, type DoneBuild, isDone, type ModelWork } from './model-work.ts';

export interface AutoOutcome {
  /** Rows named `auto`, one a target. */
  readonly builds: readonly Build[];
  readonly search: AutoSearch;
  /** A variant's name, or `auto` when the choice is no row of its own; null when nothing could be compared. */
  readonly recommended: string | null;
}

/** Needs latencies of all builds in `measurements`. `undefined`: auto was not asked for. */
export async function searchAuto(
  work: ModelWork,
  made: readonly MadeOnnx[],
  builds: readonly Build[],
  measurements: Measurements,
): Promise<AutoOutcome | undefined> {
  const { job, context, samples } = work;
  if (!job.variants.includes('auto')) return undefined;
  const started = performance.now();
  const hardware = nativeHardware(job.hardware, context.machine.features);
  if (!hardware)
    return skipped(
      work,
      'auto decides by measuring, and this machine runs none of the hardware asked for',
    );
  const mine = builds
    .filter(isDone)
    .filter((build) => build.hardware === hardware && build.target === 'onnx');
  const base = mine.find(({ variant }) => variant === 'float32');
  if (!base) return skipped(work, 'there is no float32 model to compare with');
  const others = mine.filter((build) => build !== base && mayBeChosen(build, work));
  const scores = samples.isSynthetic ? new Map() : await scoreBuilds(work, others, 'selection');
  const candidates = others.map((build) =>
    candidateOf(
      build,
      base,
      measurements,
      scores.get(build.result.value.artifact.digest)?.accuracy,
    ),
  );
  const choice = chooseVariant(candidates);
  const chosen = made.find((one) => one.variant === choice.best && one.hardware === hardware);
  const rows = await Promise.all(
    job.targets.map(async (target): Promise<Build> => {
      const result: Build['result'] = chosen
        ? await buildOne(work, chosen, target)
        : { status: 'failed', reason: 'nothing was made', code: 70 };
      return {
        variant: 'auto',
        hardware,
        target,
        isRow: true,
        result: describe(result, choice.best),
      };
    }),
  );
  return {
    builds: rows,
    recommended: made.some((one) => one.isRow && one.variant === choice.recommended)
      ? choice.recommended
      : 'auto',
    search: {
      seconds: (performance.now() - started) / 1000,
      reason: choice.reason,
      candidates: candidates.map((candidate, index) => ({
        name: candidate.name,
        ...(others[index]?.result.value.facts.description !== undefined && {
          description: others[index]?.result.value.facts.description,
        }),
        bytes: others[index]?.result.value.artifact.bytes ?? 0,
        ...(candidate.latency && { latencyRatio: candidate.latency.ratio }),
        ...(candidate.accuracy && { accuracyDifference: candidate.accuracy.difference }),
        onFront: choice.candidates[index]?.onFront ?? false,
        ...(candidate.name === choice.best && { chosen: true }),
        ...(choice.candidates[index]?.reason !== undefined && {
          reason: choice.candidates[index]?.reason,
        }),
      })),
    },
  };
}

/** Static quantization calibrated on synthetic inputs says nothing about accuracy: never `auto`'s choice. */
function mayBeChosen({ variant }: DoneBuild, { samples }: ModelWork): boolean {
  return !(samples.isSynthetic && isCalibrated(variant));
}

function candidateOf(
  build: DoneBuild,
  base: DoneBuild,
  measurements: Measurements,
  accuracy: AutoCandidate['accuracy'] | undefined,
): AutoCandidate {
  const { artifact } = build.result.value;
  const pair = measurements.get(artifact.digest)?.latency;
  const judged = pair?.status === 'done' ? judgeSamples(pair.variant) : undefined;
  return {
    name: build.variant,
    sizeRatio: artifact.bytes / base.result.value.artifact.bytes,
    ...(judged && { latency: { ratio: judged.ratio, verdict: judged.verdict } }),
    ...(accuracy && { accuracy }),
  };
}

function describe(result: Build['result'], variant: string): Build['result'] {
  if (result.status !== 'done') return result;
  const { artifact, facts } = result.value;
  const description =
    facts.description === undefined ? variant : `${variant}: ${facts.description}`;
  return { status: 'done', value: { artifact, facts: { ...facts, description } } };
}

function skipped({ job }: ModelWork, reason: string): AutoOutcome {
  const [hardware = 'x64'] = job.hardware;
  const result: Build['result'] = { status: 'skipped', reason, code: 3 };
  return {
    builds: job.targets.map((target) => ({
      variant: 'auto',
      hardware,
      target,
      isRow: true,
      result,
    })),
    recommended: null,
    search: { seconds: 0, reason, candidates: [] },
  };
}
