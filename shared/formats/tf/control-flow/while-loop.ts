/** What can be told of a While before anything of it is converted: what stays, what counts, how often it runs. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { arithmetic, broadcast } from '../../build/elementwise.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { functionAttribute } from '../attributes.ts';
import { isValue, type TfContext, type TfValue } from '../op.ts';
import type { TfNode } from '../tf-graph.ts';
import { FunctionView } from './function-view.ts';
import { knownNumber, sameNumber } from './list-ops.ts';

export interface WhileLoop {
  readonly context: TfContext;
  readonly condition: FunctionView;
  readonly body: FunctionView;
  /** The loop variables before the first step. */
  readonly starts: readonly TfValue[];
  /** Places of variables that every step hands on unchanged: they are no variables at all. */
  readonly invariant: ReadonlySet<number>;
  /** Places of integers that every step adds 1 to, with what they are before the first one. */
  readonly counters: ReadonlyMap<number, number>;
  /** How many steps it takes (an integer of rank 0), when that is settled before the first one. */
  readonly trips: Value | undefined;
}

/** Looks at a node of op While or StatelessWhile. @throws Unconvertible when its functions do not fit it */
export function lookAtWhile(starts: readonly TfValue[], context: TfContext): WhileLoop {
  const condition = viewOf(context, 'cond');
  const body = viewOf(context, 'body');
  if (body.results.length !== starts.length || condition.results.length !== 1)
    throw new Unconvertible('its body does not give as many values as the loop has variables');
  const places = starts.map((_, place) => place);
  const invariant = new Set(
    places.filter((place) => body.parameter(body.results[place]) === place),
  );
  const counters = new Map<number, number>();
  for (const place of places) {
    const start = starts[place];
    const first = isValue(start) && start.type.startsWith('int') ? knownNumber(start) : undefined;
    if (first !== undefined && isValue(start) && start.shape?.length === 0)
      if (addsOne(body, place, starts)) counters.set(place, first);
  }
  const loop = { context, condition, body, starts, invariant, counters };
  return { ...loop, trips: tripCount(loop) };
}

function viewOf({ node, functions }: TfContext, attribute: string): FunctionView {
  const name = functionAttribute(node, attribute);
  const target = functions.get(name);
  if (target) return new FunctionView(target);
  throw new Unconvertible(`it calls the function ${name}, which the file does not hold`);
}

function addsOne(body: FunctionView, place: number, starts: readonly TfValue[]): boolean {
  const [x, y] = body.made(body.results[place], 'Add', 'AddV2')?.inputs ?? [];
  const isOne = (reference: string | undefined): boolean => {
    const parameter = body.parameter(reference);
    const constant =
      parameter !== undefined && body.parameter(body.results[parameter]) === parameter
        ? starts[parameter]
        : undefined;
    const number = isValue(constant) ? knownNumber(constant) : body.numbers(reference)?.[0];
    return number === 1;
  };
  return (body.parameter(x) === place && isOne(y)) || (body.parameter(y) === place && isOne(x));
}

type Known = Omit<WhileLoop, 'trips'>;

/** The steps of a loop whose condition is that counters are below limits that do not change. */
function tripCount(loop: Known): Value | undefined {
  const { context, condition } = loop;
  const { b } = context;
  const limits: Value[] = [];
  const open = [condition.results[0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const both = condition.made(next, 'LogicalAnd');
    if (both) {
      open.push(...both.inputs);
      continue;
    }
    const limit = stepsBelow(loop, condition.made(next, 'Less', 'Greater', 'LessEqual'));
    if (!limit) return undefined;
    if (!limits.some((other) => sameNumber(limit, other))) limits.push(limit);
  }
  return smallest(b, limits);
}

/** How many steps the comparison of a counter with a limit allows. */
function stepsBelow(loop: Known, comparison: TfNode | undefined): Value | undefined {
  const { context, condition, starts, invariant, counters } = loop;
  const { b } = context;
  const [small, large] =
    comparison?.op === 'Greater' ? comparison.inputs.toReversed() : (comparison?.inputs ?? []);
  const start = counters.get(condition.parameter(small) ?? -1);
  if (start === undefined || large === undefined || !condition.isMadeOf(large, invariant))
    return undefined;
  const given = starts.map((value, place) => (invariant.has(place) ? value : undefined));
  const [limit] = context.call(condition.name, given, b, [large]);
  if (!isValue(limit) || limit.shape?.length !== 0 || !limit.type.startsWith('int'))
    return undefined;
  return shifted(b, limit, (comparison?.op === 'LessEqual' ? 1 : 0) - start);
}

/** The number and a constant. */
export function shifted(b: Builder, value: Value, by: number): Value {
  const number = knownNumber(value);
  if (number !== undefined) return b.scalar(number + by, value.type);
  return by === 0 ? value : arithmetic(b, 'Add', value, b.scalar(by, value.type));
}

function smallest(b: Builder, limits: readonly Value[]): Value | undefined {
  const numbers = limits.map(knownNumber);
  if (numbers.every((number) => number !== undefined) && limits.length > 0)
    return b.scalar(Math.max(0, Math.min(...numbers)), 'int64');
  const [first, ...rest] = limits;
  if (rest.length === 0) return first;
  const wide = limits.map((limit) => cast(b, limit, 'int64'));
  return broadcast(b, 'Min', wide, 'int64');
}
