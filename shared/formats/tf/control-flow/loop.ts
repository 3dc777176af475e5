/** While → Loop. */
import type { Builder } from '../../build/builder.ts';
import { cast, int64Name } from '../../build/cast.ts';
import type { Shape } from '../../build/dims.ts';
import { reshape } from '../../build/reshape.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { isValue, type TfValue } from '../op.ts';
import { knownNumber, listOf, stacked } from './list-ops.ts';
import { type ListWrite, TensorList } from './list-value.ts';
import { type BodyRun, type Plan, type Slot, settle } from './loop-plan.ts';
import { collectWrites, counted } from './loop-results.ts';
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
    b.hold(first ?? b.scalar(1, 'bool')),
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
  const parameters = plan.map((slot, place) => parameterOf(loop, key, slot, place, body, step));
  const results = loop.context
    .call(loop.body.name, parameters, body)
    .map((result, place) => tensorOfDense(plan[place], result, body));
  const goOn = loop.trips ? given : conditionOf(loop, results, body);
  return { parameters, results, goOn };
}

/** What the body gets for a variable. */
function parameterOf(
  loop: WhileLoop,
  key: symbol,
  slot: Slot,
  place: number,
  body: Builder,
  step: Value,
): TfValue {
  const start = loop.starts[place] as TfValue;
  switch (slot.kind) {
    case 'invariant':
      return start;
    case 'counter':
      return shifted(body, cast(body, step, isValue(start) ? start.type : 'int32'), slot.start);
    case 'carried':
      return body.parameter('variable', slot.type, slot.shape);
    case 'collected':
      return listAt(start).with(
        { kind: 'collected', loop: key, place, write: undefined },
        { element: slot.element },
      );
    case 'dense':
      return listOf(body.parameter('list', listAt(start).type, slot.shape));
  }
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
  const start = loop.starts[place] as TfValue;
  if (slot.kind === 'counter') return counted(loop, place);
  if (slot.kind === 'invariant' || !output) return start;
  if (slot.kind === 'carried') return output;
  if (slot.kind === 'dense') return listOf(output);
  return collectWrites(loop, listAt(start), writeOf(run.results[place]).index, output);
}
