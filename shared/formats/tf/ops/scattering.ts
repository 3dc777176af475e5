/** Elements and slices written by index. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { type Dim, isFixed } from '../../build/dims.ts';
import { arithmetic, comparison, where } from '../../build/elementwise.ts';
import { concat, expand, gather } from '../../build/join.ts';
import { reduce } from '../../build/reduce.ts';
import { reshape, unsqueeze } from '../../build/reshape.ts';
import { shapeOf } from '../../build/shape-of.ts';
import { slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { input, many, type TfOp, type TfOpTable, three, two } from '../op.ts';

/** How what is written and what is there become one; `none` writes over it. */
type Reduction = 'none' | 'add' | 'mul' | 'max' | 'min';

/** Slices `updates` written into `x` at `indices` `[…, depth]`. */
function scatter(
  b: Builder,
  x: Value,
  indices: Value,
  updates: Value,
  reduction: Reduction,
): Value {
  if (reduction === 'max' || reduction === 'min') b.require(18, `ScatterND with ${reduction}`);
  const inputs = [b.hold(x), b.hold(cast(b, indices, 'int64')), b.hold(updates)];
  const attributes = reduction === 'none' ? {} : { reduction };
  return b.emit('ScatterND', inputs, x.type, x.shape, { attributes });
}

const into = (reduction: Reduction): TfOp =>
  three((b, x, indices, updates) => scatter(b, x, indices, updates, reduction));

/** Into zeros; what is written twice is added. */
const scatterNd: TfOp = three((b, indices, updates, shape) =>
  scatter(b, expand(b, b.scalar(0, updates.type), shape), indices, updates, 'add'),
);

/** Indices of rank 0 or 1 are of a vector; one value may stand for all. */
const sparseToDense: TfOp = many((b, inputs) => {
  const [indices, shape, values, fallback] = [0, 1, 2, 3].map((at) => input(inputs, at)) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const rank = shape.sizes[0];
  if (!isFixed(rank)) throw new Unconvertible('the rank of its result is free');
  const places = reshape(b, indices, [-1, rank]);
  const count = gather(b, shapeOf(b, places, 'int64'), b.numbers([0], 'int64'));
  const updates = values.rank === 0 ? expand(b, values, count) : values;
  return scatter(b, expand(b, fallback, shape), places, updates, 'none');
});

/** What a segment that nothing belongs to holds, before anything is reduced into it. */
const START: Readonly<Record<Exclude<Reduction, 'none'>, (x: Value) => number>> = {
  add: () => 0,
  mul: () => 1,
  max: (x) => lowest(x),
  min: (x) => highest(x),
};

function highest({ type }: Value): number {
  if (type === 'float32') return (2 - 2 ** -23) * 2 ** 127;
  const bits = Number(/^int(8|16|32)$/.exec(type)?.[1]);
  if (bits > 0) return 2 ** (bits - 1) - 1;
  throw new Unconvertible(`it takes extremes of ${type}`);
}

const lowest = (x: Value): number => (x.type === 'float32' ? -highest(x) : -highest(x) - 1);

/** Slices of equal id become one. Negative ids belong to no segment: they go to one more, which is cut off. */
function segments(
  b: Builder,
  x: Value,
  ids: Value,
  count: Value,
  reduction: Exclude<Reduction, 'none'>,
): Value {
  const mayDrop = !ids.numbers?.every((id) => id >= 0);
  const wanted = reshape(b, cast(b, count, 'int64'), [1]);
  const rows = mayDrop ? arithmetic(b, 'Add', wanted, b.scalar(1, 'int64')) : wanted;
  const inner = shapeOf(b, x, 'int64');
  const rest = slice(b, inner, [{ axis: 0, start: ids.rank, end: null, step: 1 }]);
  const shape = x.rank > ids.rank ? concat(b, [rows, rest], 0) : rows;
  const start = expand(b, b.scalar(START[reduction](x), x.type), shape);
  const own = cast(b, ids, 'int64');
  const isOut = comparison(b, 'Less', own, b.scalar(0, 'int64'));
  const places = mayDrop ? where(b, isOut, wanted, own) : own;
  const all = scatter(b, start, unsqueeze(b, places, [-1]), x, reduction);
  if (!mayDrop) return all;
  const size: Dim = wanted.known?.[0] ?? null;
  return slice(b, all, [{ axis: 0, start: null, end: -1, step: 1 }]).withShape([
    size,
    ...x.sizes.slice(ids.rank),
  ]);
}

const unsorted = (reduction: Exclude<Reduction, 'none'>): TfOp =>
  three((b, x, ids, count) => segments(b, x, ids, count, reduction));

/** As many segments as the largest id says; ids are sorted and not negative. */
const segmentSum: TfOp = two((b, x, ids) => {
  const last = reduce(b, 'ReduceMax', cast(b, ids, 'int64'), undefined, false);
  const count = arithmetic(b, 'Add', last, b.scalar(1, 'int64'));
  return segments(b, x, ids, count, 'add');
});

export const SCATTERING: TfOpTable = {
  ScatterNd: scatterNd,
  TensorScatterUpdate: into('none'),
  TensorScatterAdd: into('add'),
  TensorScatterSub: three((b, x, indices, updates) =>
    scatter(b, x, indices, arithmetic(b, 'Sub', b.scalar(0, updates.type), updates), 'add'),
  ),
  TensorScatterMax: into('max'),
  TensorScatterMin: into('min'),
  SparseToDense: sparseToDense,
  SegmentSum: segmentSum,
  UnsortedSegmentSum: unsorted('add'),
  UnsortedSegmentProd: unsorted('mul'),
  UnsortedSegmentMax: unsorted('max'),
  UnsortedSegmentMin: unsorted('min'),
};
