/** While → Loop. */
import type { Builder } from '../../build/builder.ts';
import { cast, int64Name } from '../../build/cast.ts';
import type { Shape } from '../../build/dims.ts';
import { broadcast } from '../../build/elementwise.ts';
import { concat } from '../../build/join.ts';
import { reshape, squeeze } from '../../build/reshape.ts';
import { shapeOf } from '../../build/shape-of.ts';
import { slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { isValue, type TfValue } from '../op.ts';
import { isLengthOf, knownNumber, lengthOf, listOf, stacked } from './list-ops.ts';
import { type ListWrite, TensorList } from './list-value.ts';
import { type BodyRun, type Plan, type Slot, settle } from './loop-plan.ts';
import { shifted, type WhileLoop } from './while-loop.ts';

/** Converts a While whose variables have the `declared` shapes in every step, as far as the file says it. */
export function emitLoop(loop: WhileLoop, declared: readonly (Shape | null)[]): TfValue[] {
  const { b } = loop.context;
  if (loop.trips && knownNumber(loop.trips) === 0) return [...loop.starts];
  const first = loop.trips ? undefined : conditionOf(loop, loop.starts, b);
  if (first && first.numbers?.[0] === 0) return [...loop.starts];
  const key = Symbol('loop');
  const plan = settle(loop, key, declared, (tried) => runBody(loop, key, tried, b.rehearsal()));

  const starts = plan.flatMap((slot, place) => startOf(loop, slot, place));
  const body = b.child();
  const run = runBody(loop, key, plan, body);
  const inputs = [
    loop.trips ? int64Name(b, loop.trips) : '',
    first ? b.hold(first) : '',
    ...starts.map((start) => b.hold(start)),
  ];
  const results = outputsOf(plan, run, body);
  body.output(body.fresh('go_on'), run.goOn);
  for (const { value } of results) body.output(body.fresh('next'), value);
  if (results.length === 0) return [...loop.starts];
  const names = b.node('Loop', inputs, { body: body.graph('body') }, results.length);
  const outputs = new Map(
    results.map(({ place, shape, value }, index) => [
      place,
      b.named(names[index] ?? '', value.type, shape),
    ]),
  );
  return plan.map((slot, place) => finished(loop, slot, place, run, outputs.get(place)));
}

function conditionOf(loop: WhileLoop, values: readonly TfValue[], b: Builder): Value {
  const [condition] = loop.context.call(loop.condition.name, values, b);
  if (!isValue(condition)) throw new Unconvertible('its condition is no tensor');
  return cast(b, condition.shape?.length === 0 ? condition : reshape(b, condition, []), 'bool');
}

interface LoopRun extends BodyRun {
  /** Whether there is another step. */
  readonly goOn: Value;
}

/** Converts the body in `body`, and behind it the condition. */
function runBody(loop: WhileLoop, key: symbol, plan: Plan, body: Builder): LoopRun {
  const step = body.parameter('step', 'int64', []);
  const given = body.parameter('is_on', 'bool', []);
  const parameters = plan.map((slot, place): TfValue => {
    const start = loop.starts[place] as TfValue;
    switch (slot.kind) {
      case 'invariant':
        return start;
      case 'counter': {
        const type = isValue(start) ? start.type : 'int32';
        return shifted(body, cast(body, step, type), slot.start);
      }
      case 'carried':
        return body.parameter('variable', slot.type, slot.shape);
      case 'collected':
        return listAt(start).with(
          { kind: 'collected', loop: key, place, write: undefined },
          { element: slot.element },
        );
      case 'dense': {
        const list = listAt(start);
        return listOf(body.parameter('list', list.type, slot.shape));
      }
    }
  });
  const results = loop.context
    .call(loop.body.name, parameters, body)
    .map((result, place) => tensorOfDense(plan[place], result, body));
  const goOn = loop.trips ? given : conditionOf(loop, results, body);
  return { parameters, results, goOn };
}

/** A list that is carried as a tensor ends the step as one. */
function tensorOfDense(slot: Slot | undefined, result: TfValue, body: Builder): TfValue {
  if (slot?.kind !== 'dense' || !(result instanceof TensorList)) return result;
  return result.with({ kind: 'stacked', tensor: stacked(body, result) });
}

function listAt(value: TfValue | undefined): TensorList {
  if (value instanceof TensorList) return value;
  throw new Unconvertible('a list of its loop is none');
}

/** What a carried variable is before the first step; nothing for others. */
function startOf(loop: WhileLoop, slot: Slot, place: number): Value[] {
  const start = loop.starts[place];
  const { b } = loop.context;
  if (slot.kind === 'carried' && isValue(start)) return [start];
  if (slot.kind !== 'dense') return [];
  const list = listAt(start);
  const element = slot.shape ? slot.shape.slice(1) : list.element;
  return [stacked(b, list.with(list.content, { element }), { among: loop.starts.filter(isValue) })];
}

interface LoopOutput {
  readonly place: number;
  readonly value: Value;
  /** Behind the loop. */
  readonly shape: Shape | null;
}

/** What the body gives: carried variables first, then what is collected. */
function outputsOf(plan: Plan, { results }: BodyRun, body: Builder): LoopOutput[] {
  const carried: LoopOutput[] = [];
  const collected: LoopOutput[] = [];
  for (const [place, slot] of plan.entries()) {
    const result = results[place];
    if (slot.kind === 'carried' && isValue(result))
      carried.push({ place, value: result, shape: slot.shape });
    if (slot.kind === 'dense')
      carried.push({ place, value: stacked(body, listAt(result)), shape: slot.shape });
    if (slot.kind === 'collected') {
      const { element } = writeOf(result);
      const shape = element.shape && [null, ...element.shape];
      collected.push({ place, value: element, shape });
    }
  }
  return [...carried, ...collected];
}

function writeOf(result: TfValue | undefined): ListWrite {
  const content = listAt(result).content;
  if (content.kind === 'collected' && content.write) return content.write;
  throw new Unconvertible('a list of its loop is not written');
}

/** The variable behind the loop. */
function finished(
  loop: WhileLoop,
  slot: Slot,
  place: number,
  run: BodyRun,
  output: Value | undefined,
): TfValue {
  const { b } = loop.context;
  const start = loop.starts[place] as TfValue;
  if (slot.kind === 'counter' && loop.trips && isValue(start))
    return shifted(b, cast(b, positive(b, loop.trips), start.type), slot.start);
  if (slot.kind === 'invariant' || !output) return start;
  if (slot.kind === 'carried') return output;
  if (slot.kind === 'dense') return listOf(output);
  return collect(loop, listAt(start), writeOf(run.results[place]), output);
}

/** A trip count below zero is no step. */
function positive(b: Builder, trips: Value): Value {
  if (knownNumber(trips) !== undefined) return trips;
  return broadcast(b, 'Max', [trips, b.scalar(0, trips.type)], trips.type).withKnown(trips.known);
}

/** The list behind the loop; `written` are the elements `[steps, …element]`. */
function collect(
  loop: WhileLoop,
  start: TensorList,
  { index }: ListWrite,
  written: Value,
): TensorList {
  const { b, node } = loop.context;
  const { size } = start;
  if (index === 'end') {
    return listOf(size === 0 ? written : concat(b, [stacked(b, start), written], 0));
  }
  const place = knownNumber(index);
  if (place !== undefined) {
    // Written to one place again and again, what the last step wrote stays.
    const rows = slice(b, written, [{ axis: 0, start: -1, end: null, step: 1 }]);
    const last = rows.withShape(rows.sizes.with(0, 1));
    if (size === 1) return listOf(last);
    if (start.content.kind !== 'elements')
      throw new Unconvertible(`${node.name} writes again and again to one place of a long list`);
    const item = squeeze(b, last, [0]);
    const items = start.content.items.with(place, item);
    return start.with({ kind: 'elements', items }, { element: item.shape });
  }
  if (loop.trips && isLengthOf(start, loop.trips))
    return listOf(written.withShape(written.shape && written.shape.with(0, size)), start.length);
  return listOf(padded(b, written, lengthOf(b, start)));
}

/** The elements, and zeros behind them up to the length of the list. */
function padded(b: Builder, written: Value, length: Value): Value {
  const count = slice(b, shapeOf(b, written, 'int64'), [{ axis: 0, start: 0, end: 1, step: 1 }]);
  const wanted = reshape(b, cast(b, length, 'int64'), [1]);
  const missing = b.node('Max', [
    b.node('Sub', [b.hold(wanted), b.hold(count)])[0] ?? '',
    b.ints([0]),
  ])[0];
  const { rank } = written;
  const before = b.ints(Array.from({ length: rank }, () => 0));
  const after = rank > 1 ? [b.ints(Array.from({ length: rank - 1 }, () => 0))] : [];
  const pads = b.node('Concat', [before, missing ?? '', ...after], { axis: 0 })[0] ?? '';
  const shape = written.sizes.with(0, null);
  return b.emit('Pad', [b.hold(written), pads], written.type, shape);
}
