/** The choices of a quantization, one after the other, each by the measured error of the whole model. */
import type { Log } from '../../../../base/log.ts';
import type { PlannedWeight } from '../../weights/weight-plan.ts';
import type { SampleSource } from '../context.ts';
import { type Int8Choices, type Int8Draft, RANGE_SAMPLES } from '../int8-draft.ts';
import { RANGE_METHODS, type RangeMethod } from '../numbers/choose-range.ts';
import { keyOf } from '../scopes.ts';
import { planWeightsAlone } from '../weights-alone.ts';
import type { Deadline } from './deadline.ts';
import { guardAccuracy, NEGLIGIBLE_DAMAGE } from './guard.ts';
import { Referee, type Score } from './referee.ts';
import { type NodeDamage, rankNodes } from './sensitivity.ts';

/** Samples on which methods and nodes are compared. */
const CHOICE_SAMPLES = 48;

/** Rules for ranges with which weights are rounded by output error, too. */
const ROUNDED_METHODS = 3;
/** Working on integers may cost this much more damage: it keeps a chain of kernels in integers. */
const HARMLESS = 1.1;
/** Equalizing changes weights: below a twentieth, what it wins may be chance. */
const WORTHWHILE = 0.95;
/** Integer LSTM kernels may cost this much more damage: they are faster. */
const TOLERATED = 1.5;
/**
 * What 8-bit weights of float nodes may cost: half of the half point that counts as the same accuracy, and
 * the damage that the guard, too, calls chance; where nothing is decided, a fifth more damage.
 */
const SHRINK_LOSS = 0.0025;
const SHRINK_HARMLESS = { decided: 2, undecided: 1.2 };
/** Comparisons that the search for such weights may take: enough to find one harmful node among many. */
const SHRINK_TRIES = 16;
/** Bytes that 16 bits must save of a node's weights: the nodes and names that they need take hundreds. */
const LEAST_SAVED = 1000;
/** What is worth a comparison must save this share of all weights. */
const LEAST_SHARE = 0.005;

/** Ranges by which rule, weights to the nearest code or by output error: the latter is tried with the best rules. */
export async function chooseRounding(draft: Int8Draft, log: Log): Promise<Int8Draft> {
  const judge = await selectionJudgeOf(draft);
  const scored = async (method: RangeMethod, byOutputError: boolean) => {
    const next = draft.with({ method, byOutputError });
    const score = await judge.score(next.build());
    log.debug(
      `int8 ranges by ${method}, weights ${byOutputError ? 'by output error' : 'to the nearest'}: ${say(score)}`,
    );
    return { next, method, damage: score.damage };
  };
  const nearest = [];
  for (const method of RANGE_METHODS) nearest.push(await scored(method, false));
  const byDamage = nearest.toSorted((a, b) => a.damage - b.damage);
  let [best] = byDamage;
  for (const { method } of byDamage.slice(0, ROUNDED_METHODS)) {
    const rounded = await scored(method, true);
    if (rounded.damage < (best?.damage ?? Number.POSITIVE_INFINITY)) best = rounded;
  }
  return best?.next ?? draft;
}

/** Channels scaled to like sizes, where that does less damage. */
export async function chooseEqualization(draft: Int8Draft, log: Log): Promise<Int8Draft> {
  const equalized = await draft.equalized();
  if (!equalized) return draft;
  const judge = await selectionJudgeOf(draft);
  const before = await judge.score(draft.build());
  const after = await judge.score(equalized.build());
  log.debug(`int8 with channels equalized: ${say(after)} after ${say(before)}`);
  return after.damage < before.damage * WORTHWHILE ? equalized : draft;
}

/** Recurrent ops quantize their inputs as they come, unless that does much more damage than 8-bit weights alone. */
export async function chooseRecurrent(draft: Int8Draft, log: Log): Promise<Int8Draft> {
  const { weightsAlone } = draft.choices;
  if (!weightsAlone.some(({ form }) => form === 'dynamic-lstm')) return draft;
  const judge = await selectionJudgeOf(draft);
  const reached = new Set(weightsAlone.map(keyOf));
  const folded = draft.with({
    weightsAlone: planWeightsAlone(draft.model, draft.context.hardware, 'int8-weights', reached),
  });
  const dynamic = await judge.score(draft.build());
  const weights = await judge.score(folded.build());
  log.debug(`int8 LSTM: ${say(dynamic)}; weights alone: ${say(weights)}`);
  return dynamic.damage > weights.damage * TOLERATED ? folded : draft;
}

/** Other operators work on integers where that is measured to be harmless: all groups, or those that are. */
export async function chooseGroups(draft: Int8Draft, log: Log): Promise<Int8Draft> {
  const judge = await selectionJudgeOf(draft);
  if (draft.plan().integerOps.length === 0) return draft.withGroups([]);
  const none = draft.withGroups([]);
  const score = async (one: Int8Draft): Promise<Score> => {
    const result = await judge.score(one.build());
    log.debug(
      `int8 with ${one.choices.groups.join(', ') || 'no groups'} on integers: ${say(result)}`,
    );
    return result;
  };
  const { damage } = await score(none);
  const limit = Math.max(damage * HARMLESS, NEGLIGIBLE_DAMAGE / 5);
  if ((await score(draft)).damage <= limit) return draft;
  let best = none;
  for (const group of draft.choices.groups) {
    const next = draft.withGroups([...best.choices.groups, group]);
    if (next.plan().integerOps.length === best.plan().integerOps.length) continue;
    if ((await score(next)).damage <= limit) best = next;
  }
  return best;
}

/** The damage of each node alone. */
export async function rankDraft(
  draft: Int8Draft,
  deadline: Deadline,
): Promise<readonly NodeDamage[]> {
  const judge = await judgeOf(draft);
  const nodes = draft.nodes.map(({ ref }) => ref);
  const alone = draft.with({ groups: [] });
  return await rankNodes(
    nodes,
    async (quantized, samples) => {
      const others = nodes.map(keyOf).filter((key) => !quantized.has(key));
      return await judge.score(alone.with({ keep: kept(draft, others) }).build(), samples);
    },
    deadline,
  );
}

/** The guard: the worst nodes go back to float. */
export async function keepWorst(
  draft: Int8Draft,
  ranked: readonly NodeDamage[],
  deadline: Deadline,
  log: Log,
): Promise<Int8Draft> {
  const judge = await selectionJudgeOf(draft);
  const keeping = (nodes: readonly NodeDamage[]): Int8Draft => {
    const worst = nodes.map(({ ref, damage }): [string, { reason: string; damage: number }] => [
      keyOf(ref),
      { reason: 'it does the most damage when quantized', damage },
    ]);
    return draft.with({ keep: new Map([...draft.choices.keep, ...worst]) });
  };
  const guarded = await guardAccuracy(
    ranked,
    async (nodes) => {
      const score = await judge.score(keeping(nodes).build());
      log.debug(`int8 guard, ${nodes.length} more in float: ${say(score)}`);
      return score;
    },
    deadline,
  );
  log.debug(`int8 guard: ${guarded.kept.length} kept in float (${guarded.reason})`);
  return keeping(guarded.kept);
}

/**
 * Nodes that compute in float can still have weights of 8 bits, or of 16, where that is measured to be harmless:
 * a smaller file. All at once, else the half with the larger weights and the other half apart, and so on.
 */
export async function shrinkKept(
  draft: Int8Draft,
  deadline: Deadline,
  log: Log,
): Promise<Int8Draft> {
  const { keep, weightsAlone } = draft.choices;
  const { model, context } = draft;
  const known = new Set(weightsAlone.map(keyOf));
  const possible = planWeightsAlone(model, context.hardware, 'int8-weights', new Set(keep.keys()));
  const added = possible
    .filter((node) => !known.has(keyOf(node)))
    .toSorted((a, b) => saved(b) - saved(a));
  if (added.length === 0) return draft;
  const judge = await selectionJudgeOf(draft);
  const before = await judge.score(draft.build());
  const least = LEAST_SHARE * draft.weightBytes;
  let best = draft;
  let tries = 0;
  const refused: PlannedWeight[] = [];
  const add = async (nodes: readonly PlannedWeight[]): Promise<void> => {
    if (total(nodes) < least || tries >= SHRINK_TRIES || deadline.isOver) {
      refused.push(...nodes);
      return;
    }
    tries++;
    const next = best.with({ weightsAlone: [...best.choices.weightsAlone, ...nodes] });
    const after = await judge.score(next.build());
    log.debug(
      `int8 with ${nodes[0]?.bits} bits for weights of ${nodes.length} float nodes: ${say(after)} after ${say(before)}`,
    );
    if (isHarmless(after, before)) best = next;
    else if (nodes.length === 1) refused.push(...nodes);
    else for (const half of halves(nodes)) await add(half);
  };
  await add(added);
  tries = 0;
  await add(refused.map(inSixteenBits).filter((node) => saved(node) > LEAST_SAVED));
  return withSharedForms(best, refused);
}

/**
 * A weight that several nodes read is stored once, in the form of the most exacting: a node that no sample
 * reached follows one that was measured.
 */
function withSharedForms(draft: Int8Draft, refused: readonly PlannedWeight[]): Int8Draft {
  const inSixteen = new Set(
    draft.choices.weightsAlone.flatMap(({ bits, weights }) => (bits === 16 ? weights : [])),
  );
  const exacting = new Set(refused.flatMap(({ weights }) => weights));
  const weightsAlone = draft.choices.weightsAlone.flatMap((node) => {
    const isCoarse = node.form !== 'dynamic-lstm' && node.bits === 8;
    if (!isCoarse || !node.weights.some((name) => exacting.has(name))) return [node];
    return node.weights.some((name) => inSixteen.has(name)) ? [inSixteenBits(node)] : [];
  });
  return draft.with({ weightsAlone });
}

/** The same weights in 16 bits: a row of a Fourier transform has −98 dB of error then, and −72 dB in float16. */
function inSixteenBits({ limits: _, ...node }: PlannedWeight): PlannedWeight {
  const [before, after] = node.bytes;
  const reason = '8 bits do harm; made float32 when the model is loaded';
  return { ...node, form: 'folded', bits: 16, bytes: [before, after + before / 4], reason };
}

function isHarmless(after: Score, before: Score): boolean {
  const factor = before.decides ? SHRINK_HARMLESS.decided : SHRINK_HARMLESS.undecided;
  return (
    after.damage <= Math.max(before.damage * factor, NEGLIGIBLE_DAMAGE / 5) &&
    after.agreement >= before.agreement - SHRINK_LOSS &&
    (after.verdict?.isNonInferior ?? true) === (before.verdict?.isNonInferior ?? true)
  );
}

const saved = ({ bytes: [before, after] }: PlannedWeight): number => before - after;

const total = (nodes: readonly PlannedWeight[]): number =>
  nodes.reduce((sum, node) => sum + saved(node), 0);

/** In two, about as much to be saved in each; none of a single node. */
function halves(nodes: readonly PlannedWeight[]): readonly (readonly PlannedWeight[])[] {
  if (nodes.length < 2) return [];
  const half = total(nodes) / 2;
  const first: PlannedWeight[] = [];
  let sum = 0;
  for (const node of nodes.slice(0, -1)) {
    if (sum >= half) break;
    first.push(node);
    sum += saved(node);
  }
  return [first, nodes.slice(first.length)];
}

const selectionJudges = new WeakMap<object, Promise<Referee>>();

/** Compares on the selection samples, by the user's metric too; made once for a context. */
function selectionJudgeOf(draft: Int8Draft): Promise<Referee> {
  const { selection } = draft.context;
  if (!selection) return judgeOf(draft);
  const known = selectionJudges.get(draft.context);
  if (known) return known;
  const made = Referee.of(
    draft.model,
    selection.samples,
    draft.options,
    draft.comparable,
    selection.judge,
  );
  selectionJudges.set(draft.context, made);
  return made;
}

function kept(draft: Int8Draft, keys: readonly string[]): Int8Choices['keep'] {
  return new Map([
    ...draft.choices.keep,
    ...keys.map((key): [string, { reason: string }] => [key, { reason: 'measured apart' }]),
  ]);
}

const judges = new WeakMap<object, Promise<Referee>>();

/** Compares on samples that gave no range, where there are enough; made once for a context. */
function judgeOf(draft: Int8Draft): Promise<Referee> {
  const { context, model, options } = draft;
  const known = judges.get(context);
  if (known) return known;
  const { calibration } = context;
  const first = Math.max(0, Math.min(RANGE_SAMPLES, calibration.length - CHOICE_SAMPLES));
  const source: SampleSource = {
    length: Math.min(CHOICE_SAMPLES, calibration.length),
    sample: (index) => calibration.sample(first + index),
  };
  const made = Referee.of(model, source, options, draft.comparable);
  judges.set(context, made);
  return made;
}

const say = ({ damage, agreement, decides }: Score): string =>
  `damage ${damage.toPrecision(3)}${decides ? `, ${(100 * agreement).toFixed(2)} % of decisions agree` : ''}`;
