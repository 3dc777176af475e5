/** How each variable of a While goes through an ONNX Loop, found by converting its body until nothing changes. */
import type { ElementType } from '../../../onnx/element-type.ts';
import { mergeShapes, type Shape } from '../../build/dims.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import { isValue, type TfValue } from '../op.ts';
import { commonOf, isLengthOf, knownNumber } from './list-ops.ts';
import { ListIsRead, TensorList } from './list-value.ts';
import type { WhileLoop } from './while-loop.ts';

export type Slot =
  /** The same in every step: read from the graph around. */
  | { readonly kind: 'invariant' }
  /** The number of the step, and a constant. */
  | { readonly kind: 'counter'; readonly start: number }
  | { readonly kind: 'carried'; readonly type: ElementType; readonly shape: Shape | null }
  /** A list that each step writes to once: an output of the loop, element by element. */
  | { readonly kind: 'collected'; readonly element: Shape | null }
  /** A list that is read and written: carried as one tensor `[length, …element]`. */
  | { readonly kind: 'dense'; readonly shape: Shape | null };

export type Plan = readonly Slot[];

/** The body of a loop as a plan makes it. */
export interface BodyRun {
  readonly parameters: readonly TfValue[];
  readonly results: readonly TfValue[];
}

/** How often a plan is bettered: each time one more size of a variable or one more list is free. */
const MAX_ROUNDS = 20;

/** The plan that assumes the most. `declared` are shapes that the file gives for the variables. */
export function firstPlan(loop: WhileLoop): Plan {
  return loop.starts.map((start, place): Slot => {
    if (loop.invariant.has(place)) return { kind: 'invariant' };
    const counter = loop.counters.get(place);
    if (counter !== undefined && loop.trips) return { kind: 'counter', start: counter };
    if (isValue(start)) return { kind: 'carried', type: start.type, shape: start.shape };
    if (start instanceof TensorList) return { kind: 'collected', element: start.element };
    throw new Unconvertible('its loop changes a lookup table');
  });
}

/** Betters a plan until a rehearsal of the body agrees with it. */
export function settle(
  loop: WhileLoop,
  key: symbol,
  declared: readonly (Shape | null)[],
  rehearse: (plan: Plan) => BodyRun,
): Plan {
  let plan = firstPlan(loop);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const better = improve(loop, key, declared, plan, rehearse);
    if (better === plan) return plan;
    plan = better;
  }
  throw new Unconvertible('the shapes of its loop variables change in every step');
}

function improve(
  loop: WhileLoop,
  key: symbol,
  declared: readonly (Shape | null)[],
  plan: Plan,
  rehearse: (plan: Plan) => BodyRun,
): Plan {
  try {
    const run = rehearse(plan);
    const better = plan.map((slot, place) => refine(loop, key, slot, place, run, declared[place]));
    return better.every((slot, place) => slot === plan[place]) ? plan : better;
  } catch (error) {
    if (!(error instanceof ListIsRead) || error.loop !== key) throw error;
    return plan.with(error.place, dense(loop.starts[error.place]));
  }
}

/** The slot itself, when the step agrees with it. */
function refine(
  loop: WhileLoop,
  key: symbol,
  slot: Slot,
  place: number,
  { parameters, results }: BodyRun,
  declared: Shape | null = null,
): Slot {
  const result = results[place];
  if (slot.kind === 'invariant' || slot.kind === 'counter') return slot;
  if (result === parameters[place]) return { kind: 'invariant' };
  if (slot.kind === 'carried') {
    if (!isValue(result) || result.type !== slot.type)
      throw new Unconvertible('a variable of its loop changes its type');
    const shape = widened(slot.shape, result.shape, declared);
    return sameShape(shape, slot.shape) ? slot : { ...slot, shape };
  }
  if (!(result instanceof TensorList))
    throw new Unconvertible('a list of its loop becomes something else');
  if (slot.kind === 'dense') {
    const { content } = result;
    const shape = content.kind === 'stacked' ? content.tensor.shape : null;
    const wide = widened(slot.shape, shape, null);
    return sameShape(wide, slot.shape) ? slot : { ...slot, shape: wide };
  }
  if (!isCollected(loop, key, place, result, parameters)) return dense(loop.starts[place]);
  return sameShape(slot.element, result.element) ? slot : { ...slot, element: result.element };
}

/** Whether what the steps write to a list can be put together behind the loop. */
function isCollected(
  loop: WhileLoop,
  key: symbol,
  place: number,
  { content }: TensorList,
  parameters: readonly TfValue[],
): boolean {
  if (content.kind !== 'collected' || content.loop !== key || content.place !== place) return false;
  const start = loop.starts[place];
  const index = content.write?.index;
  if (!(start instanceof TensorList) || index === undefined) return false;
  if (index === 'end') return true;
  if (knownNumber(index) !== undefined) return start.isBlank;
  const counter = parameters.indexOf(index);
  const isWhole = loop.trips !== undefined && isLengthOf(start, loop.trips);
  return loop.counters.get(counter) === 0 && (start.isBlank || isWhole);
}

function dense(start: TfValue | undefined): Slot {
  if (!(start instanceof TensorList)) throw new Unconvertible('a list of its loop is none');
  const { content, element, size } = start;
  if (content.kind === 'stacked') return { kind: 'dense', shape: content.tensor.shape };
  const known = content.kind === 'elements' ? content.items.find((item) => item)?.shape : null;
  const shape = mergeShapes(element, known ?? null);
  return { kind: 'dense', shape: shape && [size, ...shape] };
}

/** Sizes that are the same before and after a step, or that the file says are; others are free. */
function widened(before: Shape | null, after: Shape | null, declared: Shape | null): Shape | null {
  const common = commonOf(before, after);
  return common && (declared?.length === common.length ? mergeShapes(common, declared) : common);
}

const sameShape = (a: Shape | null, b: Shape | null): boolean =>
  a === b ||
  (a !== null && b !== null && a.length === b.length && a.every((dim, i) => dim === b[i]));
