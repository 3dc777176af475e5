/**
 * Recurrent layers under a mask. A step that does not count leaves the state as it is, so the layer may run
 * over the steps that do count alone, moved together to the front, however the mask looks.
 */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { arithmetic, broadcast, comparison } from '../../build/elementwise.ts';
import { reduce } from '../../build/reduce.ts';
import { squeeze, unsqueeze } from '../../build/reshape.ts';
import { sizeName } from '../../build/shape-of.ts';
import { slice } from '../../build/slice.ts';
import type { Value } from '../../build/value.ts';

/** What is known of a mask `[N, T]`. */
export interface Steps {
  readonly mask: Value;
  /** How many count: `[N]` of int32. */
  readonly lengths: Value;
  /** How many count up to each step, it included: `[N, T]` of int64. */
  readonly upTo: Value;
}

/** Counts the steps of a mask `[N, T]`. */
export function stepsOf(b: Builder, given: Value): Steps {
  const mask = cast(b, given, 'bool');
  const ones = cast(b, mask, 'int64');
  const axis = b.hold(b.scalar(1, 'int64'));
  const upTo = b.emit('CumSum', [b.hold(ones), axis], 'int64', mask.shape);
  const lengths = reduce(b, 'ReduceSum', cast(b, mask, 'int32'), [1], false);
  return { mask, lengths, upTo };
}

/** The steps `[N, T, …]` that count, in their order, moved to the front; what is behind them means nothing. */
export function packed(b: Builder, x: Value, { mask }: Steps): Value {
  const gaps = cast(b, b.emit('Not', [b.hold(mask)], 'bool', mask.shape), 'int64');
  // Of equal elements TopK gives the earlier one first.
  const [, order = ''] = b.node('TopK', [b.hold(gaps), sizeName(b, mask, 1)], { largest: 0 }, 2);
  return atSteps(b, x, b.named(order, 'int64', mask.shape));
}

/** The steps of `x` `[N, T, …]` at the given places `[N, T]`. */
function atSteps(b: Builder, x: Value, places: Value): Value {
  const indices = unsqueeze(b, places, [2]);
  return b.emit('GatherND', [b.hold(x), b.hold(indices)], x.type, x.shape, {
    attributes: { batch_dims: 1 },
  });
}

/**
 * Outputs `[N, T, …]` of the steps that count, put back to where these steps are: steps between repeat the
 * output of the step that ran before, or are zero. In the order of time, also of layers that run backwards.
 */
export function unpacked(
  b: Builder,
  made: Value,
  { mask, lengths, upTo }: Steps,
  isReverse: boolean,
  isZeroBetween: boolean,
): Value {
  const one = b.scalar(1, 'int64');
  const zero = b.scalar(0, 'int64');
  // Backwards, the step that ran before is the next one that counts: as many count before it.
  const wanted = arithmetic(b, 'Sub', upTo, isReverse ? cast(b, mask, 'int64') : one);
  const total = unsqueeze(b, cast(b, lengths, 'int64'), [1]);
  const last = arithmetic(b, 'Max', arithmetic(b, 'Sub', total, one), zero);
  const places = arithmetic(b, 'Min', arithmetic(b, 'Max', wanted, zero), last);
  const kept = atSteps(b, made, places);
  const hasRun = isReverse
    ? comparison(b, 'Less', wanted, total)
    : comparison(b, 'Greater', upTo, zero);
  return where(b, isZeroBetween ? mask : hasRun, kept, undefined);
}

/** States, or last outputs, `[N, …]` of samples of which a step counts; of others what they began with, or zero. */
export function ofSamples(
  b: Builder,
  made: Value,
  { lengths }: Steps,
  initial: Value | undefined,
): Value {
  return where(b, comparison(b, 'Greater', lengths, b.scalar(0, 'int32')), made, initial);
}

/** The last output where a masked last step has none. */
export function atLastStep(b: Builder, made: Value, { mask }: Steps, isReverse: boolean): Value {
  const range = { axis: 1, start: isReverse ? 0 : -1, end: isReverse ? 1 : null, step: 1 };
  return where(b, squeeze(b, slice(b, mask, [range]), [1]), made, undefined);
}

function where(b: Builder, flags: Value, x: Value, other: Value | undefined): Value {
  const axes = x.sizes.slice(flags.rank).map((_, index) => flags.rank + index);
  const wide = unsqueeze(b, flags, axes);
  return broadcast(b, 'Where', [wide, x, other ?? b.scalar(0, x.type)], x.type).withShape(x.shape);
}
