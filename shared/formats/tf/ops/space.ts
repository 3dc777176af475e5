/** Blocks of space and the batch or the channels, and what lies under windows. */
import type { Builder } from '../../build/builder.ts';
import { int64Name } from '../../build/cast.ts';
import { type Dim, expectRank, isFixed, upTo } from '../../build/dims.ts';
import { dilate, patches } from '../../build/patches.ts';
import { type Padding, pad, slice } from '../../build/slice.ts';
import { batchToSpace, depthToSpace, spaceToBatch, spaceToDepth } from '../../build/space.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { intAttribute } from '../attributes.ts';
import { dataFormat, stepsAttribute } from '../data-format.ts';
import { numbersOf, one, type TfOp, type TfOpTable, three, two } from '../op.ts';
import { paddingAttribute } from '../window-attributes.ts';

const blockwise = (move: (b: Builder, x: Value, block: number) => Value): TfOp =>
  one((b, x, node) => {
    const format = dataFormat(b, node, 2);
    return format.fromLast(move(b, format.toLast(x), intAttribute(node, 'block_size', 2)));
  });

/** Margins `[spatial, 2]`, known or computed. */
type Margins = Padding | Value;

function marginsOf(value: Value, spatial: number): Margins {
  const flat = value.numbers;
  const isCount = flat?.every((count) => Number.isInteger(count) && count >= 0) ?? true;
  if (!isCount || (flat && flat.length !== 2 * spatial))
    throw new Unconvertible(`its margins [${flat}] are no counts for ${spatial} axes`);
  return flat
    ? upTo(flat.length / 2).map((axis) => [flat[2 * axis] ?? 0, flat[2 * axis + 1] ?? 0])
    : value;
}

/** Zeros around the spatial axes. */
function padSpace(b: Builder, x: Value, margins: Margins, spatial: number): Value {
  if (Array.isArray(margins)) {
    const behind = upTo(x.rank - 1 - spatial).map((): [number, number] => [0, 0]);
    return pad(b, x, [[0, 0], ...margins, ...behind]);
  }
  const [before, after] = sides(b, margins as Value);
  const none = b.ints([0]);
  const rest = b.ints(upTo(x.rank - 1 - spatial).map(() => 0));
  const pads = b.node('Concat', [none, before, rest, none, after, rest], { axis: 0 })[0] ?? '';
  return b.emit('Pad', [b.hold(x), pads], x.type, openShape(x, spatial));
}

/** Cut off around the spatial axes. */
function cropSpace(b: Builder, x: Value, crops: Margins, spatial: number): Value {
  if (Array.isArray(crops))
    return slice(
      b,
      x,
      crops.map(([before, after], axis) => ({
        axis: axis + 1,
        start: before,
        end: after === 0 ? null : -after,
        step: 1,
      })),
    );
  const [before, after] = sides(b, crops as Value);
  const axes = b.ints(upTo(spatial).map((axis) => axis + 1));
  const name = b.hold(x);
  const sizes = b.node('Shape', [name], { start: 1, end: spatial + 1 })[0] ?? '';
  const end = b.node('Sub', [sizes, after])[0] ?? '';
  return b.emit('Slice', [name, before, end, axes], x.type, openShape(x, spatial));
}

const openShape = (x: Value, spatial: number): Dim[] =>
  x.sizes.map((size, axis) => (axis > 0 && axis <= spatial ? null : size));

/** The two columns of margins that are computed. */
function sides(b: Builder, margins: Value): [before: string, after: string] {
  const name = int64Name(b, margins);
  const column = (index: number): string =>
    b.node('Gather', [name, b.hold(b.scalar(index, 'int64'))], { axis: 1 })[0] ?? '';
  return [column(0), column(1)];
}

/** A block becomes as many images: of a size from a stranger they would fill the memory (CWE-789). */
const MAX_BLOCK = 1024;

const blocksOf = (value: Value): readonly number[] => {
  const blocks = numbersOf(value, 'block shape');
  if (blocks.every((block) => block >= 1 && block <= MAX_BLOCK)) return blocks;
  throw new Unconvertible(`its blocks [${blocks}] are no sizes of blocks`);
};

function toBatch(b: Builder, x: Value, blocks: readonly number[], paddings: Value): Value {
  const padded = padSpace(b, x, marginsOf(paddings, blocks.length), blocks.length);
  return spaceToBatch(b, padded, blocks);
}

function fromBatch(b: Builder, x: Value, blocks: readonly number[], crops: Value): Value {
  return cropSpace(b, batchToSpace(b, x, blocks), marginsOf(crops, blocks.length), blocks.length);
}

const squareBlocks = (size: number): number[] => [size, size];

const extractPatches: TfOp = one((b, x, node) => {
  const format = dataFormat(b, node, 2);
  expectRank(x, 4);
  return patches(b, x, {
    kernel: stepsAttribute(node, 'ksizes', format, 2),
    strides: stepsAttribute(node, 'strides', format, 2),
    dilations: stepsAttribute(node, 'rates', format, 2),
    padding: paddingAttribute(node, format),
  });
});

const dilation: TfOp = two((b, x, filters, node) => {
  const format = dataFormat(b, node, 2);
  expectRank(filters, 3);
  expectRank(x, 4);
  const kernel = filters.sizes.slice(0, 2);
  if (!kernel.every(isFixed)) throw new Unconvertible('the sizes of its filters are not known');
  return dilate(b, x, filters, {
    kernel,
    strides: stepsAttribute(node, 'strides', format, 2),
    dilations: stepsAttribute(node, 'rates', format, 2),
    padding: paddingAttribute(node, format),
  });
});

export const SPACE: TfOpTable = {
  DepthToSpace: blockwise(depthToSpace),
  SpaceToDepth: blockwise(spaceToDepth),
  SpaceToBatchND: three((b, x, blocks, paddings) => toBatch(b, x, blocksOf(blocks), paddings)),
  BatchToSpaceND: three((b, x, blocks, crops) => fromBatch(b, x, blocksOf(blocks), crops)),
  SpaceToBatch: two((b, x, paddings, node) =>
    toBatch(b, x, squareBlocks(intAttribute(node, 'block_size', 2)), paddings),
  ),
  BatchToSpace: two((b, x, crops, node) =>
    fromBatch(b, x, squareBlocks(intAttribute(node, 'block_size', 2)), crops),
  ),
  ExtractImagePatches: extractPatches,
  Dilation2D: dilation,
};
