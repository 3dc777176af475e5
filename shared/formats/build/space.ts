/** Blocks of space moved to the channels or the batch, and back. */
import type { Builder } from './builder.ts';
import { inKernelType } from './compute-type.ts';
import { type Dim, isFixed, isStatic, upTo } from './dims.ts';
import { concat, splitEvenly } from './join.ts';
import { channelsFirst } from './order.ts';
import { reshape, transpose } from './reshape.ts';
import { slice } from './slice.ts';
import { Unconvertible } from './unconvertible.ts';
import type { Value } from './value.ts';

const times = (dim: Dim | undefined, factor: number): Dim => (isFixed(dim) ? dim * factor : null);

const per = (dim: Dim | undefined, factor: number): Dim => {
  if (!isFixed(dim)) return null;
  if (dim % factor === 0) return dim / factor;
  throw new Unconvertible(`a size of ${dim} is not made of blocks of ${factor}`);
};

/** `[N, H, W, b · b · C]` to `[N, b · H, b · W, C]`. */
export function depthToSpace(b: Builder, x: Value, block: number): Value {
  const [n = null, h, w, c] = x.sizes;
  const shape = [n, times(h, block), times(w, block), per(c, block * block)];
  const order = channelsFirst(2);
  return inKernelType(b, 'DepthToSpace', [x], ([value = x]) =>
    b.emit('DepthToSpace', [b.hold(value, order)], value.type, shape, {
      attributes: { blocksize: block, mode: 'DCR' },
      order,
    }),
  );
}

/** `[N, b · H, b · W, C]` to `[N, H, W, b · b · C]`. */
export function spaceToDepth(b: Builder, x: Value, block: number): Value {
  const [n = null, h, w, c] = x.sizes;
  const shape = [n, per(h, block), per(w, block), times(c, block * block)];
  const order = channelsFirst(2);
  return inKernelType(b, 'SpaceToDepth', [x], ([value = x]) =>
    b.emit('SpaceToDepth', [b.hold(value, order)], value.type, shape, {
      attributes: { blocksize: block },
      order,
    }),
  );
}

/** Elements of one place in every block are one image each: those of the first place of the whole batch come first. */
export function spaceToBatch(b: Builder, x: Value, blocks: readonly number[]): Value {
  const offsets = blocks.reduce<number[][]>(
    (made, block) => made.flatMap((place) => upTo(block).map((index) => [...place, index])),
    [[]],
  );
  const parts = offsets.map((offset) =>
    slice(
      b,
      x,
      offset.map((start, axis) => ({ axis: axis + 1, start, end: null, step: blocks[axis] ?? 1 })),
    ),
  );
  const count = offsets.length;
  const [batch = null, ...rest] = x.sizes;
  const shape = [
    count === 1 ? batch : times(batch, count),
    ...rest.map((size, axis) => (axis < blocks.length ? per(size, blocks[axis] ?? 1) : size)),
  ];
  return concat(b, parts, 0).withShape(shape);
}

/** The reverse of {@link spaceToBatch}. */
export function batchToSpace(b: Builder, x: Value, blocks: readonly number[]): Value {
  const count = blocks.reduce((product, block) => product * block, 1);
  const [first, second] = blocks;
  const [n, ...rest] = x.sizes;
  // Free rows and columns cannot be told apart by a Reshape: they go through the channels.
  if (!isStatic(rest.slice(0, blocks.length)) && blocks.length === 2 && first === second) {
    const parts = splitEvenly(b, x, count, 0);
    return depthToSpace(b, concat(b, parts, -1), Number(first));
  }
  const open = rest.filter((size) => !isFixed(size)).length;
  if (open > 0) throw new Unconvertible('it puts blocks together whose sizes are free');
  const images = isFixed(n) ? n / count : -1;
  const apart = reshape(b, x, [...blocks, images, ...rest]);
  const depth = blocks.length;
  // [blocks …, N, sizes …, rest …] to [N, size, block, size, block …, rest …].
  const axes = [
    depth,
    ...upTo(depth).flatMap((axis) => [depth + 1 + axis, axis]),
    ...upTo(rest.length - depth).map((axis) => 2 * depth + 1 + axis),
  ];
  const sizes = rest.map((size, axis) => Number(size) * (blocks[axis] ?? 1));
  return reshape(b, transpose(b, apart, axes), [images, ...sizes]);
}
