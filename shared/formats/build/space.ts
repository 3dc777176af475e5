/** Blocks of space moved to the channels or the batch, and back. */
import type { Builder } from './builder.ts';
import { inKernelType } from './compute-type.ts';
import { type Dim, expectRank, isFixed, upTo } from './dims.ts';
import { arithmetic } from './elementwise.ts';
import { concat } from './join.ts';
import { channelsFirst } from './order.ts';
import { reshape, transpose } from './reshape.ts';
import { shapeOf } from './shape-of.ts';
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
  checkBlock(x, block);
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
  checkBlock(x, block);
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

/** How many parts a batch is made of: each is a node. Dilations of convolutions are at most some dozen. */
const MAX_BLOCK = 4096;

function checkBlocks(x: Value, blocks: readonly number[]): void {
  const count = blocks.reduce((product, block) => product * block, 1);
  if (blocks.length >= x.rank || !(count >= 1 && count <= MAX_BLOCK))
    throw new Unconvertible(`its blocks [${blocks}] do not fit a value of ${x.rank} axes`);
}

function checkBlock(x: Value, block: number): void {
  expectRank(x, 4);
  if (!(block >= 1)) throw new Unconvertible(`its block size is ${block}`);
}

/** Elements of one place in every block are one image each: those of the first place of the whole batch come first. */
export function spaceToBatch(b: Builder, x: Value, blocks: readonly number[]): Value {
  checkBlocks(x, blocks);
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
  checkBlocks(x, blocks);
  const depth = blocks.length;
  const count = blocks.reduce((product, block) => product * block, 1);
  const sizes = shapeOf(b, x, 'int64');
  const part = (start: number, end: number | null): Value =>
    slice(b, sizes, [{ axis: 0, start, end, step: 1 }]);
  const steps = b.numbers(blocks, 'int64');
  const images = arithmetic(b, 'Div', part(0, 1), b.numbers([count], 'int64'));
  const [space, rest] = [part(1, depth + 1), part(depth + 1, null)];
  const apart = reshape(b, x, concat(b, [steps, images, space, rest], 0));
  // [blocks …, N, sizes …, rest …] to [N, size, block, size, block …, rest …].
  const axes = [
    depth,
    ...upTo(depth).flatMap((axis) => [depth + 1 + axis, axis]),
    ...upTo(x.rank - 1 - depth).map((axis) => 2 * depth + 1 + axis),
  ];
  const whole = concat(b, [images, arithmetic(b, 'Mul', space, steps), rest], 0);
  return reshape(b, transpose(b, apart, axes), whole);
}
