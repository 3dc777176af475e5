/** Operation nodes that pick elements, order them, or make new ones. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { type Dim, frontAxis, isFixed, sizeOf, upTo } from '../../build/dims.ts';
import { broadcast, comparison, unary } from '../../build/elementwise.ts';
import { expand, gather } from '../../build/join.ts';
import { reduce } from '../../build/reduce.ts';
import { reshape, squeeze, unsqueeze } from '../../build/reshape.ts';
import { shapeOf } from '../../build/shape-of.ts';
import { type AxisRange, slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import { Value } from '../../build/value.ts';
import type { Argument, LayerTable } from '../layer.ts';
import { type Operation, type OperationCall, operandOf, operations } from './operations-call.ts';

const xOf = (call: OperationCall): Value => call.tensor('x', 0);

type Part = {
  readonly class_name?: Argument;
  readonly config?: Argument;
  readonly start?: Argument;
  readonly stop?: Argument;
};

/** Keras 2 writes slices without a class. */
function classOf(part: Argument): string | undefined {
  if (typeof part !== 'object' || part === null || part instanceof Value) return undefined;
  const { class_name: name, start, stop } = part as Part;
  if (name === undefined && start !== undefined && stop !== undefined) return '__slice__';
  return typeof name === 'string' ? name : undefined;
}

/** `x[key]` by the rules of NumPy: whole numbers, slices, an ellipsis, new axes, and one tensor as an index. */
export function getItem(b: Builder, x: Value, key: Argument): Value {
  const parts: readonly Argument[] = Array.isArray(key) ? key : [key];
  const consumed = parts.filter((part) => part !== null && classOf(part) !== '__ellipsis__').length;
  const ranges: AxisRange[] = [];
  const gone: number[] = [];
  const added: number[] = [];
  const picked: { readonly axis: number; readonly index: Value }[] = [];
  let axis = 0;
  let place = 0;
  const step = (keeps: boolean): void => {
    axis++;
    if (keeps) place++;
  };
  for (const part of parts) {
    if (part === null) added.push(place++);
    else if (classOf(part) === '__ellipsis__') {
      const skipped = x.rank - consumed;
      axis += skipped;
      place += skipped;
    } else if (classOf(part) === '__slice__') {
      ranges.push(rangeOf(axis, (part as Part).config ?? part));
      step(true);
    } else if (typeof part === 'number') {
      ranges.push({ axis, start: part, end: part === -1 ? null : part + 1, step: 1 });
      gone.push(axis);
      step(false);
    } else {
      const index = operandOf(b, part, 'index').value;
      if (index.type === 'bool') throw new Unconvertible('it picks elements by a mask');
      if (picked.length > 0) throw new Unconvertible('it picks by more than one tensor');
      picked.push({ axis, index });
      if (index.rank === 0) step(false);
      else {
        axis++;
        place += index.rank;
      }
    }
  }
  let made = slice(b, x, ranges);
  for (const { axis: along, index } of picked) made = gather(b, made, index, along);
  // Only axes behind the picked one have moved.
  const moved = gone.map((at) => {
    const before = picked.find(({ axis: along }) => along < at);
    return before ? at + before.index.rank - 1 : at;
  });
  return unsqueeze(b, squeeze(b, made, moved), added);
}

function rangeOf(axis: number, config: Argument | undefined): AxisRange {
  const read = (name: 'start' | 'stop' | 'step'): number | null => {
    const value = (config as Readonly<Record<string, Argument>> | undefined)?.[name] ?? null;
    const number = value instanceof Value ? value.numbers?.[0] : value;
    if (number === null || typeof number === 'number') return number;
    throw new Unconvertible('the ends of its slice are computed while the model runs');
  };
  const step = read('step') ?? 1;
  if (!Number.isInteger(step) || step === 0) throw new Unconvertible('the step of its slice is 0');
  return { axis, start: read('start'), end: read('stop'), step };
}

/** Indices that ONNX takes. */
const indexed = (b: Builder, x: Value): Value =>
  /^int(32|64)$/.test(x.type) ? x : cast(b, x, 'int32');

/** Elements by an index for each place of the result. */
export function takeAlong(b: Builder, x: Value, indices: Value, axis: number): Value {
  const along = frontAxis(axis, x.rank);
  const same = (from: Value, other: Value): Value => {
    const target = from.sizes.map((size, at) =>
      at === along ? 1 : size === 1 ? (other.sizes[at] ?? null) : 1,
    );
    if (target.every((size) => size === 1)) return from;
    if (!target.every(isFixed)) throw new Unconvertible('it broadcasts a free size');
    return expand(b, from, b.numbers(target, 'int64'));
  };
  const [from, at] = [same(x, indices), same(indexed(b, indices), x)];
  return b.emit('GatherElements', [b.hold(from), b.hold(at)], x.type, at.shape, {
    attributes: { axis: along },
  });
}

/** The largest or smallest along an axis, in order, and their places. */
export function ranked(
  b: Builder,
  x: Value,
  count: number,
  axis: number,
  largest: boolean,
): readonly [Value, Value] {
  const along = frontAxis(axis, x.rank);
  const from = x.type === 'bool' ? cast(b, x, 'int32') : x;
  const attributes = { axis: along, largest: largest ? 1 : 0 };
  const [values = '', indices = ''] = b.node(
    'TopK',
    [b.hold(from), b.ints([count])],
    attributes,
    2,
  );
  const shape = from.sizes.with(along, count);
  return [b.named(values, from.type, shape), b.named(indices, 'int64', shape)];
}

function sorted(call: OperationCall, output: 0 | 1): Value {
  const { b } = call;
  const axes = call.argument('axis') === undefined ? undefined : call.ints('axis');
  const given = xOf(call);
  const isFlat = axes === undefined;
  const x = isFlat ? reshape(b, given, [-1]) : given;
  const axis = axes?.[0] ?? -1;
  const size = x.sizes.at(axis);
  if (!isFixed(size)) throw new Unconvertible('it sorts along an axis of free size');
  const made = ranked(b, x, size, axis, false)[output];
  return output === 0 ? cast(b, made, x.type) : cast(b, made, 'int32');
}

/** 1 at the place that each element names, 0 elsewhere; nowhere for those out of range. */
export function oneHot(
  b: Builder,
  x: Value,
  depth: number,
  axis: number,
  type: Value['type'],
): Value {
  const along = frontAxis(axis, x.rank + 1);
  const places = b.numbers(
    upTo(depth),
    'int32',
    upTo(x.rank + 1).map((at) => (at === along ? depth : 1)),
  );
  return cast(b, comparison(b, 'Equal', unsqueeze(b, cast(b, x, 'int32'), [along]), places), type);
}

/** How many bounds each element has reached, or passed. */
export function countBounds(
  b: Builder,
  x: Value,
  bounds: Value,
  op: 'GreaterOrEqual' | 'Greater',
): Value {
  const [low, high] =
    x.type === bounds.type ? [x, bounds] : [cast(b, x, 'float32'), cast(b, bounds, 'float32')];
  const reached = comparison(b, op, unsqueeze(b, low, [-1]), high);
  return reduce(b, 'ReduceSum', cast(b, reached, 'int32'), [-1], false);
}

function isIn(call: OperationCall): Value {
  const { b } = call;
  const [x, items] = call.common(['x1', 'x2']);
  if (!x || !items) throw new Unconvertible('it needs two operands');
  const equal = comparison(b, 'Equal', unsqueeze(b, x, [-1]), reshape(b, items, [-1]));
  const found = cast(b, reduce(b, 'ReduceMax', cast(b, equal, 'int32'), [-1], false), 'bool');
  return call.flag('invert') ? unary(b, 'Not', found) : found;
}

function where(call: OperationCall): Value {
  const { b } = call;
  if (call.argument('x1', 1) === undefined)
    throw new Unconvertible('it gives the places of true elements, as many as there are');
  const condition = cast(b, call.tensor('condition', 0), 'bool');
  const [x, y] = call.common(['x1', 'x2'], 1);
  if (!x || !y) throw new Unconvertible('it needs two operands');
  return broadcast(b, 'Where', [condition, x, y], x.type);
}

function select(call: OperationCall): Value {
  const { b } = call;
  const conditions = call.list('condlist', 0);
  const choices = call.list('choicelist', 1);
  const [first] = choices;
  if (!first) throw new Unconvertible('it has no choices');
  const other = call.maybe('default', 2) ?? b.scalar(0, first.type);
  return choices.reduceRight<Value>(
    (made, choice, at) => {
      const condition = conditions[at];
      if (!condition) throw new Unconvertible('it has fewer conditions than choices');
      return broadcast(b, 'Where', [cast(b, condition, 'bool'), choice, made], first.type);
    },
    cast(b, other, first.type),
  );
}

function like(call: OperationCall, value: Value | number): Value {
  const { b } = call;
  const x = xOf(call);
  const type = call.type('dtype', x.type);
  const scalar = typeof value === 'number' ? b.scalar(value, type) : cast(b, value, type);
  return expand(b, scalar, shapeOf(b, x, 'int64')).withShape(x.shape);
}

function sliced(call: OperationCall): Value {
  const x = call.tensor('inputs', 0);
  const starts = call.ints('start_indices', 1);
  const sizes = call.ints('shape');
  return slice(
    call.b,
    x,
    starts.map((start, axis) => {
      const size = sizes[axis] ?? -1;
      return { axis, start, end: size < 0 ? null : start + size, step: 1 };
    }),
  );
}

const sideOf = (call: OperationCall): 'GreaterOrEqual' | 'Greater' =>
  call.text('side', 'left') === 'left' ? 'Greater' : 'GreaterOrEqual';

const INDEXING: Readonly<Record<string, Operation>> = {
  GetItem: (call) => getItem(call.b, xOf(call), call.argument('key', 1) ?? null),
  Slice: sliced,
  Take: (call) => {
    const { b } = call;
    const x = xOf(call);
    const indices = indexed(b, call.tensor('indices', 1));
    const axes = call.maybeInts('axis');
    return axes ? gather(b, x, indices, axes[0] ?? 0) : gather(b, reshape(b, x, [-1]), indices, 0);
  },
  TakeAlongAxis: (call) => {
    const x = xOf(call);
    const indices = call.tensor('indices', 1);
    const axes = call.maybeInts('axis');
    if (axes) return takeAlong(call.b, x, indices, axes[0] ?? 0);
    return takeAlong(call.b, reshape(call.b, x, [-1]), reshape(call.b, indices, [-1]), 0);
  },
  Where: where,
  Select: select,
  IsIn: isIn,
  TopK: (call) => {
    const x = xOf(call);
    const [values, indices] = ranked(call.b, x, call.number('k'), -1, true);
    return [cast(call.b, values, x.type), cast(call.b, indices, 'int32')];
  },
  InTopK: (call) => {
    const { b } = call;
    const targets = call.tensor('targets', 0);
    const scores = call.tensor('predictions', 1);
    const own = takeAlong(b, scores, unsqueeze(b, cast(b, targets, 'int32'), [-1]), -1);
    const better = cast(b, comparison(b, 'Greater', scores, own), 'int32');
    const rank = reduce(b, 'ReduceSum', better, [-1], false);
    return comparison(b, 'Less', rank, b.scalar(call.number('k'), 'int32'));
  },
  Sort: (call) => sorted(call, 0),
  Argsort: (call) => sorted(call, 1),
  Digitize: (call) => countBounds(call.b, xOf(call), call.tensor('bins', 1), 'GreaterOrEqual'),
  SearchSorted: (call) =>
    countBounds(call.b, call.tensor('values', 1), call.tensor('sorted_sequence', 0), sideOf(call)),
  OneHot: (call) =>
    oneHot(
      call.b,
      xOf(call),
      call.number('num_classes'),
      call.number('axis', -1),
      call.type('dtype', 'float32'),
    ),
  MultiHot: (call) => {
    const { b } = call;
    const x = call.tensor('inputs', 0);
    const type = call.type('dtype', 'float32');
    const hot = oneHot(b, x, call.number('num_classes'), call.number('axis', -1), 'int32');
    return cast(b, reduce(b, 'ReduceMax', hot, [x.rank > 1 ? 1 : 0], false), type);
  },
};

const MAKING: Readonly<Record<string, Operation>> = {
  FullLike: (call) => like(call, call.tensor('fill_value', 1)),
  OnesLike: (call) => like(call, 1),
  ZerosLike: (call) => like(call, 0),
  Size: (call) => {
    const { b } = call;
    const x = xOf(call);
    const sizes: readonly Dim[] = x.sizes;
    if (sizes.every(isFixed)) return b.scalar(sizeOf(sizes), 'int32');
    return cast(b, b.emit('Size', [b.holdAsIs(x)], 'int64', []), 'int32');
  },
};

export const OPERATIONS_INDEX: LayerTable = operations({ ...INDEXING, ...MAKING });
