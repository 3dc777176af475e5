/** Operation nodes that change the shape, or put values together. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { type Dim, frontAxes, frontAxis, isFixed, upTo } from '../../build/dims.ts';
import { einsum } from '../../build/einsum.ts';
import {
  concat,
  expand,
  gather,
  split,
  splitEvenly,
  stack,
  tile,
  unstack,
} from '../../build/join.ts';
import { reduce } from '../../build/reduce.ts';
import { reshape, squeeze, transpose, unsqueeze } from '../../build/reshape.ts';
import { type Padding, pad, slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { describe } from '../config.ts';
import type { LayerTable } from '../layer.ts';
import { type Operation, type OperationCall, operations } from './operations-call.ts';

const xOf = (call: OperationCall): Value => call.tensor('x', 0);

/** Sizes among which None and −1 are free. */
function targetOf(call: OperationCall, name: string): Dim[] {
  const sizes = call.argument(name);
  if (typeof sizes === 'number') return [sizes];
  if (!Array.isArray(sizes)) return [...call.ints(name)];
  return sizes.map((size: unknown) => {
    if (size === null || typeof size === 'number') return size === null ? -1 : size;
    throw new Unconvertible(`its "${name}" is ${describe(sizes)}, of which some are computed`);
  });
}

/** Along which axis parts are cut, and how long they are. */
function partsOf(call: OperationCall, axis: number, isUneven: boolean): Value[] {
  const x = xOf(call);
  const sections = call.argument('indices_or_sections');
  if (typeof sections === 'number' && !isUneven) return splitEvenly(call.b, x, sections, axis);
  const size = x.sizes.at(axis);
  if (!isFixed(size)) throw new Unconvertible('it splits an axis of free size');
  if (typeof sections === 'number') {
    const [least, longer] = [Math.floor(size / sections), size % sections];
    return split(
      call.b,
      x,
      upTo(sections).map((at) => least + (at < longer ? 1 : 0)),
      axis,
    );
  }
  const ends = [...call.ints('indices_or_sections'), size].map((end) =>
    Math.min(Math.max(end < 0 ? end + size : end, 0), size),
  );
  return split(
    call.b,
    x,
    ends.map((end, at) => Math.max(end - (ends[at - 1] ?? 0), 0)),
    axis,
  );
}

/** Both vectors and higher ranks, as NumPy multiplies matrices. */
export function numpyMatmul(b: Builder, x: Value, y: Value): Value {
  const letters = 'abcdefghij';
  if (x.rank === 1 && y.rank === 1) return einsum(b, 'i,i->', [x, y]);
  if (x.rank === 1) return einsum(b, 'k,...kn->...n', [x, y]);
  if (y.rank === 1) return einsum(b, '...mk,k->...m', [x, y]);
  if (x.rank > letters.length) throw new Unconvertible('a product of too many axes');
  return einsum(b, '...mk,...kn->...mn', [x, y]);
}

/** The product over the last axis of the first and the last but one of the second. */
function dot(b: Builder, x: Value, y: Value): Value {
  if (x.rank === 0 || y.rank === 0)
    return b.emit('Mul', [b.hold(x), b.hold(y)], x.type, x.rank === 0 ? y.shape : x.shape);
  const letters = [...'abcdefghijklmnop'];
  const left = letters.slice(0, x.rank - 1);
  const right = letters.slice(x.rank - 1, x.rank + y.rank - 2);
  const second = y.rank === 1 ? ['z'] : [...right.slice(0, -1), 'z', right.at(-1) ?? ''];
  return einsum(
    b,
    `${[...left, 'z'].join('')},${second.join('')}->${[...left, ...right].join('')}`,
    [x, y],
  );
}

function tensordot(call: OperationCall): Value {
  const { b } = call;
  const [x, y] = pairOf(call);
  const given = call.argument('axes') ?? 2;
  const list = Array.isArray(given)
    ? given.map((item: unknown) => (Array.isArray(item) ? item : [item]))
    : undefined;
  const count = typeof given === 'number' ? given : 0;
  const left = frontEach(list?.[0] ?? upTo(count).map((at) => x.rank - count + at), x.rank);
  const right = frontEach(list?.[1] ?? upTo(count), y.rank);
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const first = letters.slice(0, x.rank);
  const second = letters.slice(x.rank, x.rank + y.rank);
  for (const [at, axis] of right.entries()) second[axis] = first[left[at] ?? -1] ?? '';
  const kept = [
    ...first.filter((_, at) => !left.includes(at)),
    ...second.filter((_, at) => !right.includes(at)),
  ];
  return einsum(b, `${first.join('')},${second.join('')}->${kept.join('')}`, [x, y]);
}

const frontEach = (axes: readonly unknown[], rank: number): number[] =>
  axes.map((axis) => frontAxis(Number(axis), rank));

function pairOf(call: OperationCall): readonly [Value, Value] {
  const [x, y] = call.common(['x1', 'x2']);
  if (!x || !y) throw new Unconvertible('it needs two operands');
  return [x, y];
}

const MODES = { constant: 'constant', reflect: 'reflect', edge: 'edge', wrap: 'wrap' } as const;

function padded(call: OperationCall): Value {
  const { b } = call;
  const x = xOf(call);
  const widths = call.ints('pad_width');
  const two = widths.length === 2 * x.rank ? widths : undefined;
  const margins: Padding = upTo(x.rank).map((axis) =>
    two
      ? [two[2 * axis] ?? 0, two[2 * axis + 1] ?? 0]
      : [widths[0] ?? 0, widths[1] ?? widths[0] ?? 0],
  );
  const mode = call.text('mode', 'constant').toLowerCase();
  if (mode === 'symmetric')
    return margins.reduce(
      (made, [before, after], axis) => mirrored(b, made, axis, before, after),
      x,
    );
  if (!Object.hasOwn(MODES, mode)) throw new Unconvertible(`its mode "${mode}" is not known`);
  const value = call.maybe('constant_values', 1);
  return pad(b, x, margins, MODES[mode as keyof typeof MODES], value && cast(b, value, x.type));
}

/** Margins that repeat the edge itself: what lies inside, seen in a mirror. */
function mirrored(b: Builder, x: Value, axis: number, before: number, after: number): Value {
  const size = x.sizes[axis];
  if (before === 0 && after === 0) return x;
  if (!isFixed(size)) throw new Unconvertible('it mirrors an axis of free size');
  const front = slice(b, x, [{ axis, start: before - 1, end: null, step: -1 }]);
  const back = slice(b, x, [{ axis, start: size - 1, end: size - after - 1, step: -1 }]);
  return concat(b, [...(before > 0 ? [front] : []), x, ...(after > 0 ? [back] : [])], axis);
}

function rolled(call: OperationCall): Value {
  const { b } = call;
  const x = xOf(call);
  const shifts = call.ints('shift');
  const axes = call.maybeInts('axis');
  if (!axes) return reshape(b, rollAlong(b, reshape(b, x, [-1]), 0, shifts[0] ?? 0), x.sizes);
  return axes.reduce(
    (made, axis, at) => rollAlong(b, made, frontAxis(axis, x.rank), shifts[at] ?? shifts[0] ?? 0),
    x,
  );
}

function rollAlong(b: Builder, x: Value, axis: number, shift: number): Value {
  const size = x.sizes[axis];
  const by = isFixed(size) && size > 0 ? shift % size : shift;
  if (by === 0) return x;
  return concat(
    b,
    [
      slice(b, x, [{ axis, start: -by, end: null, step: 1 }]),
      slice(b, x, [{ axis, start: null, end: -by, step: 1 }]),
    ],
    axis,
  );
}

function repeated(call: OperationCall): Value {
  const { b } = call;
  const given = xOf(call);
  const counts = call.ints('repeats');
  const axes = call.maybeInts('axis');
  const x = axes ? given : reshape(b, given, [-1]);
  const axis = frontAxis(axes?.[0] ?? 0, x.rank);
  const size = x.sizes[axis];
  if (isFixed(size)) {
    const indices = upTo(size).flatMap((index) =>
      upTo(counts[index] ?? counts[0] ?? 1).map(() => index),
    );
    return gather(b, x, b.numbers(indices, 'int64'), axis);
  }
  if (counts.length !== 1) throw new Unconvertible('it repeats an axis of free size unevenly');
  const times = upTo(x.rank + 1).map((at) => (at === axis + 1 ? (counts[0] ?? 1) : 1));
  const spread = tile(b, unsqueeze(b, x, [axis + 1]), b.numbers(times, 'int64'));
  return reshape(b, spread, [...x.sizes.slice(0, axis), -1, ...x.sizes.slice(axis + 1)]);
}

const flipped = (b: Builder, x: Value, axes: readonly number[]): Value =>
  slice(
    b,
    x,
    frontAxes(axes, x.rank).map((axis) => ({ axis, start: null, end: null, step: -1 })),
  );

/** Axes moved to other places; the others keep their order. */
function movedAxes(rank: number, from: readonly number[], to: readonly number[]): number[] {
  const source = frontEach(from, rank);
  const target = frontEach(to, rank);
  const order = upTo(rank).filter((axis) => !source.includes(axis));
  const pairs = target
    .map((place, at) => [place, source[at] ?? 0] as const)
    .sort(([a], [c]) => a - c);
  for (const [place, axis] of pairs) order.splice(place, 0, axis);
  return order;
}

const triangle =
  (upper: 0 | 1): Operation =>
  (call) => {
    const x = xOf(call);
    const k = call.b.scalar(call.number('k', 0), 'int64');
    return call.b.emit('Trilu', [call.b.hold(x), call.b.hold(k)], x.type, x.shape, {
      attributes: { upper },
    });
  };

/** The diagonal of two axes as the last one. */
function diagonal(call: OperationCall): Value {
  const { b } = call;
  const x = xOf(call);
  const last = movedAxes(x.rank, [call.number('axis1', 0), call.number('axis2', 1)], [-2, -1]);
  const offset = call.number('offset', 0);
  const [rows, columns] = [x.sizes[last.at(-2) ?? 0], x.sizes[last.at(-1) ?? 0]];
  if (!isFixed(rows) || !isFixed(columns)) throw new Unconvertible('the diagonal of a free size');
  const length = Math.max(0, Math.min(rows + Math.min(offset, 0), columns - Math.max(offset, 0)));
  const flat = reshape(b, transpose(b, x, last), [
    ...last.slice(0, -2).map((axis) => x.sizes[axis] ?? null),
    rows * columns,
  ]);
  const first = offset >= 0 ? offset : -offset * columns;
  return gather(
    b,
    flat,
    b.numbers(
      upTo(length).map((at) => first + at * (columns + 1)),
      'int64',
    ),
    -1,
  );
}

const atLeast = (b: Builder, x: Value, rank: 1 | 2 | 3): Value => {
  if (x.rank >= rank) return x;
  if (rank === 1 || (rank === 2 && x.rank === 1)) return unsqueeze(b, x, [0]);
  return x.rank === 1
    ? unsqueeze(b, x, [0, 2])
    : x.rank === 2
      ? unsqueeze(b, x, [2])
      : atLeast(b, unsqueeze(b, x, [0]), rank);
};

const joined =
  (axisOf: (x: Value) => number, rank: 1 | 2 | 3): Operation =>
  (call) => {
    const values = call.list('xs').map((x) => atLeast(call.b, x, rank));
    const [first] = values;
    if (!first) throw new Unconvertible('it joins no values');
    return concat(call.b, values, axisOf(first));
  };

function squeezed(call: OperationCall): Value {
  return squeeze(call.b, xOf(call), call.maybeInts('axis'));
}

export const OPERATIONS_SHAPE: LayerTable = operations({
  Append: (call) => {
    const [x, y] = pairOf(call);
    const axes = call.maybeInts('axis');
    if (axes) return concat(call.b, [x, y], axes[0] ?? 0);
    return concat(call.b, [reshape(call.b, x, [-1]), reshape(call.b, y, [-1])], 0);
  },
  ArraySplit: (call) => partsOf(call, call.number('axis', 0), true),
  BroadcastTo: (call) => {
    const x = xOf(call);
    const target = targetOf(call, 'shape');
    const shape = target.map((size, at) =>
      size === -1 ? (x.sizes[at - target.length + x.rank] ?? null) : size,
    );
    if (shape.every(isFixed)) return expand(call.b, x, call.b.numbers(shape, 'int64'));
    // A size of 1 leaves an axis of ONNX's Expand as it is.
    const sizes = target.map((size) => (size === -1 ? 1 : (size ?? 1)));
    return expand(call.b, x, call.b.numbers(sizes as number[], 'int64')).withShape(shape);
  },
  Concatenate: (call) => concat(call.b, call.list('xs'), call.number('axis', 0)),
  Diagonal: diagonal,
  Dot: (call) => dot(call.b, ...pairOf(call)),
  Dsplit: (call) => partsOf(call, 2, false),
  Dstack: joined(() => 2, 3),
  Einsum: (call) => {
    const operands = call.call.args.map((_, at) => call.tensor(`operand ${at}`, at));
    const same = call.unify(operands.map((value) => ({ value, isWeak: false })));
    return einsum(call.b, call.text('subscripts'), same);
  },
  ExpandDims: (call) => unsqueeze(call.b, xOf(call), call.ints('axis')),
  Flip: (call) => {
    const x = xOf(call);
    return flipped(call.b, x, call.maybeInts('axis') ?? upTo(x.rank));
  },
  Fliplr: (call) => flipped(call.b, xOf(call), [1]),
  Flipud: (call) => flipped(call.b, xOf(call), [0]),
  Hsplit: (call) => partsOf(call, xOf(call).rank === 1 ? 0 : 1, false),
  Hstack: joined((x) => (x.rank === 1 ? 0 : 1), 1),
  Inner: (call) => {
    const [x, y] = pairOf(call);
    const letters = 'abcdefghijklmnop';
    const left = letters.slice(0, Math.max(0, x.rank - 1));
    const right = letters.slice(left.length, left.length + Math.max(0, y.rank - 1));
    return einsum(call.b, `${left}z,${right}z->${left}${right}`, [x, y]);
  },
  Matmul: (call) => numpyMatmul(call.b, ...pairOf(call)),
  Moveaxis: (call) => {
    const x = xOf(call);
    return transpose(call.b, x, movedAxes(x.rank, call.ints('source'), call.ints('destination')));
  },
  Outer: (call) => {
    const [x, y] = pairOf(call);
    return einsum(call.b, 'i,j->ij', [reshape(call.b, x, [-1]), reshape(call.b, y, [-1])]);
  },
  Pad: padded,
  Ravel: (call) => reshape(call.b, xOf(call), [-1]),
  Repeat: repeated,
  Reshape: (call) => reshape(call.b, xOf(call), targetOf(call, 'newshape')),
  Roll: rolled,
  Rot90: (call) => {
    const x = call.tensor('array', 0);
    const [first = 0, second = 1] = frontEach(call.maybeInts('axes') ?? [0, 1], x.rank);
    const swapped = upTo(x.rank).map((axis) =>
      axis === first ? second : axis === second ? first : axis,
    );
    const turns = ((call.number('k', 1) % 4) + 4) % 4;
    if (turns === 0) return x;
    if (turns === 2) return flipped(call.b, x, [first, second]);
    if (turns === 1) return transpose(call.b, flipped(call.b, x, [second]), swapped);
    return flipped(call.b, transpose(call.b, x, swapped), [second]);
  },
  Split: (call) => partsOf(call, call.number('axis', 0), false),
  Squeeze: squeezed,
  Stack: (call) => stack(call.b, call.list('x'), call.number('axis', 0)),
  Swapaxes: (call) => {
    const x = xOf(call);
    const [first = 0, second = 0] = frontEach([call.number('axis1'), call.number('axis2')], x.rank);
    return transpose(call.b, x, upTo(x.rank).with(first, second).with(second, first));
  },
  Tensordot: tensordot,
  Tile: (call) => {
    const x = xOf(call);
    const repeats = call.ints('repeats');
    const rank = Math.max(x.rank, repeats.length);
    const all = [...upTo(rank - repeats.length).map(() => 1), ...repeats];
    const wide = unsqueeze(call.b, x, upTo(rank - x.rank));
    return tile(call.b, wide, call.b.numbers(all, 'int64'));
  },
  Trace: (call) => {
    const line = diagonal(call);
    return reduce(call.b, 'ReduceSum', line, [-1], false);
  },
  Transpose: (call) => {
    const x = xOf(call);
    return transpose(call.b, x, call.maybeInts('axes') ?? upTo(x.rank).reverse());
  },
  Tril: triangle(0),
  Triu: triangle(1),
  Unstack: (call) => unstack(call.b, xOf(call), call.number('axis', 0)),
  Vdot: (call) => {
    const [x, y] = pairOf(call);
    return einsum(call.b, 'i,i->', [reshape(call.b, x, [-1]), reshape(call.b, y, [-1])]);
  },
  Vsplit: (call) => partsOf(call, 0, false),
  Vstack: joined(() => 0, 2),
});
