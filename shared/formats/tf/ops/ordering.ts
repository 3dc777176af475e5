/** The largest elements, the different ones, the places of those that are true. */

import type { ElementType } from '../../../onnx/element-type.ts';
import type { Builder } from '../../build/builder.ts';
import { cast, int64Name } from '../../build/cast.ts';
import { type Dim, isFixed, upTo } from '../../build/dims.ts';
import { gather } from '../../build/join.ts';
import { kernelType } from '../../build/kernel-type.ts';
import { reshape, transpose } from '../../build/reshape.ts';
import { shapeOf } from '../../build/shape-of.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { intAttribute, typeAttribute } from '../attributes.ts';
import { input, many, numbersOf, one, type TfOp, type TfOpTable, two } from '../op.ts';

/** The `k` largest along the last axis and their places; of equal ones the first comes first. */
function topK(b: Builder, x: Value, k: Value, type: ElementType): readonly Value[] {
  if (x.rank === 0) throw new Unconvertible('it looks for the largest elements of a single number');
  const carried = kernelType('TopK', x.type, b.opset);
  const inputs = [b.hold(cast(b, x, carried)), int64Name(b, reshape(b, cast(b, k, 'int64'), [1]))];
  const [values = '', places = ''] = b.node('TopK', inputs, {}, 2);
  const shape: readonly Dim[] = x.sizes.with(-1, k.known?.[0] ?? null);
  return [
    cast(b, b.named(values, carried, shape), x.type),
    cast(b, b.named(places, 'int64', shape), type),
  ];
}

/** Different elements in the order in which they first occur, for each element its number, and how often each occurs. */
function unique(b: Builder, x: Value, type: ElementType): readonly Value[] {
  if (x.rank !== 1) throw new Unconvertible(`it looks for different slices of ${x.rank} axes`);
  const carried = kernelType('Unique', x.type, b.opset);
  const names = b.node('Unique', [b.hold(cast(b, x, carried))], { sorted: 0 }, 4);
  const [values = '', , numbers = '', counts = ''] = names;
  return [
    cast(b, b.named(values, carried, [null]), x.type),
    cast(b, b.named(numbers, 'int64', x.sizes), type),
    cast(b, b.named(counts, 'int64', [null]), type),
  ];
}

const withCounts = (hasCounts: boolean): TfOp =>
  many((b, inputs, node) => {
    const [axis = 0] = inputs[1] ? numbersOf(inputs[1], 'axis') : [0];
    if (axis !== 0 && axis !== -1)
      throw new Unconvertible(`it looks along axis ${axis} of a vector`);
    const found = unique(b, input(inputs, 0), typeAttribute(node, 'out_idx', 'int32'));
    return hasCounts ? found : found.slice(0, 2);
  });

/** Places of the elements that are not 0, `[count, rank]`. */
function places(b: Builder, x: Value): Value {
  if (x.rank === 0) throw new Unconvertible('it looks for the places of a single number');
  const found = b.emit('NonZero', [b.hold(cast(b, x, 'bool'))], 'int64', [x.rank, null]);
  return transpose(b, found, [1, 0]);
}

/** `result[x[i]] = i`. */
function invertPermutation(b: Builder, x: Value): Value {
  const [count] = x.sizes;
  const numbers = x.numbers;
  if (numbers)
    return b.numbers(
      upTo(numbers.length).map((place) => numbers.indexOf(place)),
      x.type,
    );
  const size = b.hold(gather(b, shapeOf(b, x, 'int64'), b.scalar(0, 'int64')));
  const bounds = [b.ints([0], []), size, b.ints([1], [])];
  const numbersUp = isFixed(count)
    ? b.numbers(upTo(count), 'int64')
    : b.emit('Range', bounds, 'int64', [count ?? null]);
  const held = b.hold(cast(b, x, 'int64'));
  const inputs = [held, held, b.hold(numbersUp)];
  return cast(b, b.emit('ScatterElements', inputs, 'int64', x.shape), x.type);
}

export const ORDERING: TfOpTable = {
  TopK: one((b, x, node) => topK(b, x, b.scalar(intAttribute(node, 'k', 1), 'int32'), 'int32')),
  TopKV2: two((b, x, k, node) => topK(b, x, k, typeAttribute(node, 'index_type', 'int32'))),
  Unique: withCounts(false),
  UniqueV2: withCounts(false),
  UniqueWithCounts: withCounts(true),
  UniqueWithCountsV2: withCounts(true),
  Where: one(places),
  InvertPermutation: one(invertPermutation),
};
