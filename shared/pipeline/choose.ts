/**
 * The choice of `auto`: which variant is the best that the search found, and whether it may be
 * recommended. Pure: everything it sees was measured on calibration and selection samples.
 *
 * Best: of the candidates on the accuracy–latency–size front that show no loss and are not slower,
 * the one with the smallest `latency ratio × √(size ratio)`; speed counts double, and a latency that
 * is not decided counts as unchanged. Recommended: the best of those whose accuracy is *non-inferior*
 * (at most half a point worse, or 1 % of an error, by its interval) and whose latency is decided, `faster` or `same`. Else `float32`.
 */
import { sameMargin } from '../measure/accuracy/judge.ts';
import type { AccuracyVerdict, LatencyVerdict } from '../report/schema.ts';

export interface AutoCandidate {
  readonly name: string;
  /** Of its bytes: two variants may be one file. */
  readonly digest?: string;
  /** Bytes / bytes of float32. */
  readonly sizeRatio: number;
  readonly latency?: { readonly ratio: number; readonly verdict: LatencyVerdict };
  /** On the selection samples; absent without data of the user's. */
  readonly accuracy?: {
    readonly base: number;
    readonly difference: number;
    readonly higherIsBetter: boolean;
    /** mae, mse, cer: a loss counts in percent of the base's error instead of points. */
    readonly isErrorMetric: boolean;
    readonly verdict: AccuracyVerdict;
    readonly isNonInferior: boolean;
    readonly samples: number;
    readonly neededSamples?: number | undefined;
  };
}

export interface JudgedCandidate {
  readonly name: string;
  readonly onFront: boolean;
  /** Why it is not taken; absent for the best. */
  readonly reason?: string;
}

export interface Choice {
  /** The best that was found; `float32` when nothing is better. */
  readonly best: string;
  readonly recommended: string;
  readonly reason: string;
  readonly candidates: readonly JudgedCandidate[];
}

/** What the choice depends on beside the candidates. */
export interface ChoiceOptions {
  /** Variants that cannot be chosen, whatever they gain: not made, not scored, calibrated on synthetic inputs. */
  readonly passedOver?: readonly { readonly name: string; readonly reason: string }[];
  /** Why candidates without `accuracy` have none. */
  readonly whyUnknown?: string;
}

/** A gain below a tenth is not worth another file. */
const LEAST_GAIN = 0.9;

/** Chooses among variants of one model; `float32` itself is not among the candidates. */
export function chooseVariant(
  candidates: readonly AutoCandidate[],
  { passedOver = [], whyUnknown = 'accuracy is unknown without data' }: ChoiceOptions = {},
): Choice {
  const doubtOf = (candidate: AutoCandidate) => doubtAbout(candidate, whyUnknown);
  const judged = candidates.map((candidate) => ({
    candidate,
    harm: harmOf(candidate),
    onFront: !candidates.some((other) => dominates(other, candidate)),
  }));
  const ranked = judged
    .filter(
      ({ harm, onFront, candidate }) =>
        harm === undefined && onFront && cost(candidate) < LEAST_GAIN,
    )
    .map(({ candidate }) => candidate)
    .sort((a, b) => cost(a) - cost(b));
  const best = ranked[0];
  const recommended = ranked.find((candidate) => doubtOf(candidate) === undefined);
  return {
    best: best?.name ?? 'float32',
    recommended: recommended?.name ?? 'float32',
    reason: best
      ? reasonFor(best, recommended, doubtOf)
      : reasonForNone(candidates.length > 0, passedOver),
    candidates: judged.map(({ candidate, harm, onFront }) => {
      const reason =
        candidate === best
          ? undefined
          : (sameFileAs(candidate, candidates) ?? harm ?? lesserReason(candidate, onFront, best));
      return { name: candidate.name, onFront, ...(reason !== undefined && { reason }) };
    }),
  };
}

/** Equal bytes are one choice: the first name of them stands for all. */
function sameFileAs(
  candidate: AutoCandidate,
  candidates: readonly AutoCandidate[],
): string | undefined {
  const first = candidates.find(
    ({ digest }) => digest !== undefined && digest === candidate.digest,
  );
  return first && first !== candidate ? `the same file as ${first.name}` : undefined;
}

/** Evidence against a candidate. */
function harmOf({ accuracy, latency }: AutoCandidate): string | undefined {
  if (accuracy?.verdict === 'worse') return 'less accurate than float32';
  if (accuracy && lossOf(accuracy) > sameMargin(accuracy, accuracy.base) && !accuracy.isNonInferior)
    return `${lossText(accuracy)} on the selection samples`;
  if (latency?.verdict === 'slower')
    return `${((latency.ratio - 1) * 100).toFixed(0)} % slower than float32`;
  return undefined;
}

/** What is missing before a candidate without known harm may be recommended. */
function doubtAbout({ accuracy, latency }: AutoCandidate, whyUnknown: string): string | undefined {
  if (!accuracy) return whyUnknown;
  if (!accuracy.isNonInferior) {
    const needed =
      accuracy.neededSamples === undefined ? '' : `; about ${accuracy.neededSamples} would decide`;
    const claim = accuracy.isErrorMetric
      ? 'its error grows by less than 1 %'
      : 'it loses less than half a point';
    return `${accuracy.samples} selection samples cannot show that ${claim}${needed}`;
  }
  if (latency?.verdict !== 'faster' && latency?.verdict !== 'same')
    return 'its latency is not decided';
  return undefined;
}

function reasonFor(
  best: AutoCandidate,
  recommended: AutoCandidate | undefined,
  doubtOf: (candidate: AutoCandidate) => string | undefined,
): string {
  if (!recommended) return `${best.name} ${gains(best)}, but ${doubtOf(best)}`;
  if (recommended === best) return `${best.name} ${gains(best)} and is non-inferior in accuracy`;
  return `${recommended.name} ${gains(recommended)} and is non-inferior; ${best.name} ${gains(best)}, but ${doubtOf(best)}`;
}

/** Why `float32` stays, and what of the others is not known. */
function reasonForNone(
  isAnyJudged: boolean,
  passedOver: NonNullable<ChoiceOptions['passedOver']>,
): string {
  const names = new Map<string, string[]>();
  for (const { name, reason } of passedOver)
    names.set(reason, [...(names.get(reason) ?? []), name]);
  const clauses = [
    ...(isAnyJudged
      ? [
          'no variant is at least a tenth better in speed and size without being slower or less accurate',
        ]
      : []),
    ...[...names].map(([reason, which]) => `${which.join(' and ')} cannot be chosen (${reason})`),
  ];
  return clauses.length > 0 ? clauses.join('; ') : 'no other variant could be made';
}

function gains({ latency, sizeRatio }: AutoCandidate): string {
  const size = `has ${(sizeRatio * 100).toFixed(0)} % of the size`;
  if (latency?.verdict === 'faster')
    return `is ${(1 / latency.ratio).toFixed(2)}× as fast and ${size}`;
  return latency?.verdict === 'same' ? `is as fast and ${size}` : size;
}

function lesserReason(
  candidate: AutoCandidate,
  onFront: boolean,
  best: AutoCandidate | undefined,
): string {
  if (!onFront) return 'another variant is at least as good in everything';
  if (cost(candidate) >= LEAST_GAIN)
    return 'less than a tenth better than float32 in speed and size';
  if (best && cost(candidate) === cost(best)) return `as good as ${best.name}`;
  return `${best?.name} is better in speed and size together`;
}

/** At least as good in all three, and better in one. */
function dominates(a: AutoCandidate, b: AutoCandidate): boolean {
  if (a === b || harmOf(a) !== undefined) return false;
  const pairs = [
    [speed(a), speed(b)],
    [a.sizeRatio, b.sizeRatio],
    [a.accuracy ? lossOf(a.accuracy) : 0, b.accuracy ? lossOf(b.accuracy) : 0],
  ] as const;
  return pairs.every(([x, y]) => x <= y) && pairs.some(([x, y]) => x < y);
}

const cost = (candidate: AutoCandidate): number =>
  speed(candidate) * Math.sqrt(candidate.sizeRatio);

/** Only a decided change of speed counts. */
const speed = ({ latency }: AutoCandidate): number =>
  latency?.verdict === 'faster' || latency?.verdict === 'slower' ? latency.ratio : 1;

type CandidateAccuracy = NonNullable<AutoCandidate['accuracy']>;

const lossOf = ({ difference, higherIsBetter }: CandidateAccuracy): number =>
  higherIsBetter ? -difference : difference;

function lossText(accuracy: CandidateAccuracy): string {
  const loss = lossOf(accuracy);
  if (!accuracy.isErrorMetric) return `loses ${(loss * 100).toFixed(1)} points`;
  const share = loss / Math.abs(accuracy.base);
  return Number.isFinite(share)
    ? `has a ${(share * 100).toFixed(1)} % larger error`
    : 'has an error where float32 has none';
}
