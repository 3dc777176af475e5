/** The stage of `auto`: every candidate measured on selection samples, and the best of them as a row of its own. */

import { judgeSamples } from '../../measure/latency/time.ts';
import type { AutoSearch, Candidate } from '../../report/schema.ts';
import { type AutoCandidate, chooseVariant } from '../choose.ts';
import { isCalibrated, isTrained } from '../names.ts';
import { attempt } from '../task-runner.ts';
import { type AutoBudget, NO_TIME } from './auto-budget.ts';
import { machineFor, nativeHardware, workOn } from './machines.ts';
import type { MadeOnnx } from './make.ts';
import { buildOne } from './make.ts';
import { type Measured, type Measurements, type Scored, scoreBuilds } from './measure.ts';
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
  budget: AutoBudget,
): Promise<AutoOutcome | undefined> {
  const { job, context, samples } = work;
  if (!job.variants.includes('auto')) return undefined;
  const hardware = nativeHardware(job.hardware, context);
  const machine = hardware && machineFor(hardware, context);
  if (!machine)
    return skipped(
      work,
      'auto decides by measuring, and this machine runs none of the hardware asked for',
    );
  const mine = builds
    .filter(isDone)
    .filter((build) => build.hardware === hardware && build.target === 'onnx');
  const base = mine.find(({ variant }) => variant === 'float32');
  if (!base) return skipped(work, 'there is no float32 model to compare with');
  const measuredOf = (build: DoneBuild) => measurements.of(build, context);
  const lost = whyUndecidable(measuredOf(base), builds);
  if (lost) return notDecided(work, lost);
  const all = mine.filter((build) => build !== base);
  const scored = await attempt(async () =>
    samples.isSynthetic
      ? new Map<string, Scored>()
      : budget.spend(() =>
          scoreBuilds(workOn(work, machine), all, 'selection', () =>
            budget.allows() ? undefined : NO_TIME,
          ),
        ),
  );
  if (scored.status !== 'done') return notDecided(work, scored);
  const scores = scored.value;
  const scoreOf = (build: DoneBuild) => scores.get(build.result.value.artifact.digest);
  const barred = all.map((build) => ({ build, reason: whyBarred(build, work, scoreOf(build)) }));
  const others = barred.filter(({ reason }) => reason === undefined).map(({ build }) => build);
  const candidates = others.map((build) =>
    candidateOf(build, base, measuredOf(build), scoreOf(build)),
  );
  // What a model does not allow is listed, but is no part of the headline.
  const notMade = builds.flatMap(({ variant, isRow, result }): Candidate[] =>
    isRow || result.status === 'done'
      ? []
      : [{ name: variant, onFront: false, reason: result.reason }],
  );
  const passedOver: Candidate[] = [
    ...barred.flatMap(({ build, reason }) =>
      reason === undefined ? [] : [{ ...candidateFacts(build), onFront: false, reason }],
    ),
    ...notMade.filter(({ reason }) => reason === NO_TIME),
  ];
  const choice = chooseVariant(candidates, {
    passedOver: passedOver.map(({ name, reason = '' }) => ({ name, reason })),
    ...(!samples.isSynthetic && { whyUnknown: 'there are no samples to choose on' }),
  });
  const chosen = made.find((one) => one.variant === choice.best && one.hardware === hardware);
  const rows = await context.together(
    job.targets.map((target) => async (): Promise<Build> => {
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
      ...(budget.spent > 0 && { seconds: budget.spent }),
      reason: choice.reason,
      candidates: [
        ...others.map((build, index): Candidate => {
          const { latency, accuracy } = candidates[index] ?? {};
          const { onFront = false, reason } = choice.candidates[index] ?? {};
          return {
            ...candidateFacts(build),
            ...(latency && { latencyRatio: latency.ratio }),
            ...(accuracy && { accuracyDifference: accuracy.difference }),
            onFront,
            ...(build.variant === choice.best && { chosen: true }),
            ...(reason !== undefined && { reason }),
          };
        }),
        ...passedOver,
        ...notMade.filter(({ reason }) => reason !== NO_TIME),
      ],
    },
  };
}

/** Static quantization calibrated on synthetic inputs says nothing about accuracy: never `auto`'s choice. */
function whyBarred(
  { variant }: DoneBuild,
  { samples }: ModelWork,
  scored: Scored | undefined,
): string | undefined {
  if (samples.isSynthetic && isCalibrated(variant))
    return 'synthetic calibration, accuracy unknown';
  if (samples.isSynthetic && isTrained(variant))
    return 'trained on generated inputs, accuracy unknown';
  if (!scored || !('reason' in scored)) return undefined;
  return scored.reason === NO_TIME ? NO_TIME : `not scored: ${scored.reason}`;
}

function candidateFacts({ variant, result }: DoneBuild): Pick<Candidate, 'name' | 'bytes'> {
  const { artifact, facts } = result.value;
  const { description } = facts;
  return {
    name: variant,
    ...(description !== undefined && { description }),
    bytes: artifact.bytes,
  };
}

function candidateOf(
  build: DoneBuild,
  base: DoneBuild,
  measured: Measured | undefined,
  scored: Scored | undefined,
): AutoCandidate {
  const accuracy = scored && 'accuracy' in scored ? scored.accuracy : undefined;
  const { artifact } = build.result.value;
  const pair = measured?.latency;
  const judged = pair?.status === 'done' ? judgeSamples(pair.variant) : undefined;
  return {
    name: build.variant,
    digest: artifact.digest,
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

/** Without numbers of float32, or with every other variant stopped by a limit, there is nothing to choose by. */
function whyUndecidable(base: Measured | undefined, builds: readonly Build[]): NotDone | undefined {
  const { score, latency, failure } = base ?? {};
  if (failure && !score && latency?.status !== 'done') {
    const reason = `nothing could be measured to choose by: ${failure.message.replace(/[.\s]+$/, '')}`;
    return { status: 'failed', reason, code: failure.exitCode };
  }
  const others = builds.filter(({ variant }) => variant !== 'float32').map(({ result }) => result);
  const stopped = others.find((one): one is NotDone => one.status === 'failed' && one.code === 4);
  if (!stopped || others.some(({ status }) => status === 'done')) return undefined;
  return { ...stopped, reason: `no variant was made to choose from: ${stopped.reason}` };
}

type NotDone = Exclude<Build['result'], { status: 'done' }>;

const skipped = (work: ModelWork, reason: string): AutoOutcome =>
  notDecided(work, { status: 'skipped', reason, code: 3 });

function notDecided({ job }: ModelWork, result: NotDone): AutoOutcome {
  const [hardware = 'x64'] = job.hardware;
  const { reason } = result;
  return {
    builds: job.targets.map((target) => ({
      variant: 'auto',
      hardware,
      target,
      isRow: true,
      result,
    })),
    recommended: null,
    search: { reason, candidates: [] },
  };
}
