/**
 * A weight plan carried out with data: codes by what they do to the outputs on calibration samples, where that is
 * measured to be better on other samples.
 */
import { UnsupportedError } from '../../../base/errors.ts';
import type { Log } from '../../../base/log.ts';
import type { Model } from '../../../onnx/model.ts';
import { raiseOpset } from '../../../passes/raise-opset.ts';
import type { RuntimeProcess } from '../../../runtime/runtime-process.ts';
import type { Int8Context, SampleSource } from '../int8/context.ts';
import { keyOf } from '../int8/scopes.ts';
import { deadlineIn } from '../int8/search/deadline.ts';
import { Referee, type Score } from '../int8/search/referee.ts';
import { applyWeightPlan } from '../weights/apply-weights.ts';
import { findWeightUses } from '../weights/find-weight-uses.ts';
import type { WeightPlan } from '../weights/weight-plan.ts';
import { findTargets } from './find-targets.ts';
import { Passes } from './passes.ts';
import { type RoundedWeights, roundTargets } from './round-targets.ts';

export interface ReconstructContext {
  readonly calibration: SampleSource;
  /** What the choice is made on; without it, a third of the calibration samples. */
  readonly selection?: NonNullable<Int8Context['selection']>;
  /** After so many nothing more is tried. */
  readonly seconds: number;
  readonly process?: RuntimeProcess;
  readonly signal?: AbortSignal;
  readonly log: Log;
}

export interface ReconstructedWeights {
  readonly model: Model;
  readonly plan: WeightPlan;
  /** Calibration samples that codes were rounded by; 0 where all are the nearest. */
  readonly samples: number;
  readonly notes: readonly string[];
}

/**
 * Shares of its mean that are added to the diagonal of the moments. 1 % is usual; more is better with few positions, and
 * where kernels round activations to 8 bits. Both are made, and the better one is taken.
 */
const DAMPINGS = [0.01, 0.3];

/** Of the time: a second pass may take as long again, and there is to be some left for comparing. */
const PASSES_SHARE = 0.4;

/** `plan` as it is where no weight of it can be rounded so, or where the nearest codes do no more damage. */
export async function reconstructWeights(
  model: Model,
  plan: WeightPlan,
  context: ReconstructContext,
): Promise<ReconstructedWeights> {
  const nearest = { model: applyWeightPlan(model, plan), plan, samples: 0, notes: [] };
  const parts = partsOf(context);
  const measured = measurable(model);
  if (!parts || !measured) return nearest;
  const targets = findTargets(plan.nodes, findWeightUses(measured).uses);
  if (targets.length === 0) return nearest;
  const { log, signal, process, seconds } = context;
  const session = { ...(process && { process }), ...(signal && { signal }) };
  const deadline = deadlineIn(seconds);
  const passes = new Passes(parts.calibration, deadlineIn(PASSES_SHARE * seconds));
  const { rounded, done } = await roundTargets(measured, targets, () => passes.next(), {
    ...{ dampings: DAMPINGS, deadline, session },
  });
  if (done === 0) return nearest;
  const limit = passes.affordable(rounded.length + 2, deadline);
  const referee = await Referee.of(model, parts.selection, session, limit, parts.judge);
  let best: { readonly codes?: RoundedWeights; readonly score: Score } = {
    score: await referee.score(nearest.model),
  };
  log.debug(`int4 to the nearest: ${say(best.score)}`);
  for (const [index, codes] of rounded.entries()) {
    const score = await referee.score(applyWeightPlan(model, plan, codes));
    log.debug(`int4 by output error, damping ${DAMPINGS[index]}: ${say(score)}`);
    if (isBetter(score, best.score)) best = { codes, score };
  }
  const { codes } = best;
  if (!codes) return nearest;
  const nodes = plan.nodes.map((node) =>
    codes.has(keyOf(node)) ? { ...node, rounding: 'output-error' as const } : node,
  );
  const chosen = { ...plan, nodes };
  const left = targets.length - done;
  return {
    model: applyWeightPlan(model, chosen, codes),
    plan: chosen,
    samples: passes.samples,
    notes: left > 0 ? [`${left} of ${targets.length} weights ${LEFT}`] : [],
  };
}

/** Moments are summed with axes as an input, which came with opset 13. */
const MEASURED_OPSET = 13;

/** Undefined where the model cannot be brought to that opset: it is measured there, and stays at its own. */
function measurable(model: Model): Model | undefined {
  try {
    return raiseOpset(model, Math.max(MEASURED_OPSET, model.opsets.get('') ?? 0));
  } catch (error) {
    if (error instanceof UnsupportedError) return undefined;
    throw error;
  }
}

const LEFT =
  'have their nearest codes: no sample reached them, or the search for better ones had no time left';

/** What moments are taken of, and what choices are made on: never the same. */
function partsOf({ calibration, selection }: ReconstructContext) {
  if (selection && selection.samples.length > 0 && calibration.length > 0) {
    const { samples, judge } = selection;
    return { calibration, selection: samples, ...(judge && { judge }) };
  }
  const chosenOn = Math.floor(calibration.length / 3);
  if (chosenOn === 0) return undefined;
  const first = calibration.length - chosenOn;
  return {
    calibration: { length: first, sample: (index: number) => calibration.sample(index) },
    selection: { length: chosenOn, sample: (index: number) => calibration.sample(first + index) },
  };
}

/** Less damage, and not worse by the user's metric. */
const isBetter = (score: Score, best: Score): boolean =>
  score.damage < best.damage &&
  ((score.verdict?.isNonInferior ?? true) || best.verdict?.isNonInferior === false);

const say = ({ damage, agreement, decides }: Score): string =>
  `damage ${damage.toPrecision(3)}${decides ? `, ${(100 * agreement).toFixed(2)} % of decisions agree` : ''}`;
