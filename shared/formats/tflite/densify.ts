/**
 * Sparse tensors written out. Axes are walked in the traversal order, those of blocks last; a level is dense
 * or lists the indices that are there, by segment.
 *
 * Source: SparsityParameters in schema.fbs; the format of the Tensor Algebra Compiler (arXiv:1804.10112).
 */
import { LimitError, ModelError } from '../../base/errors.ts';
import { ELEMENT_TYPES, type ElementType, rawByteLength } from '../../onnx/element-type.ts';
import { computedTensor } from '../../onnx/make-tensor.ts';
import type { ByteRange, StoredTensor } from '../../onnx/stored-tensor.ts';
import { sizeOf } from '../build/dims.ts';
import type { ScalarKind, Table } from './flat-buffer.ts';
import { MAX_AXES, MAX_DENSE_BYTES } from './limits.ts';

const SPARSITY = { order: 0, blockMap: 1, levels: 2 };
const LEVEL = { format: 0, size: 1, segmentsType: 2, segments: 3, indicesType: 4, indices: 5 };

/** Vectors of indices come in three widths; see SparseIndexVector. */
const INDEX_KINDS: Readonly<Record<number, ScalarKind>> = { 1: 'int', 2: 'ushort', 3: 'ubyte' };

type Level =
  | { readonly size: number }
  | { readonly segments: readonly number[]; readonly indices: readonly number[] };

/** How far one step along a level goes in the written-out tensor. */
interface Walk {
  readonly levels: readonly Level[];
  readonly steps: readonly number[];
}

/** The dense form of a constant whose bytes are packed as `sparsity` says; made when it is written. */
export function densify(
  name: string,
  type: ElementType,
  dims: readonly number[],
  data: ByteRange,
  sparsity: Table,
): StoredTensor {
  const bytes = rawByteLength(type, sizeOf(dims));
  if (!(bytes <= MAX_DENSE_BYTES))
    throw new LimitError(`sparse tensor '${name}' would be ${bytes} bytes written out`);
  const width = ELEMENT_TYPES[type].bits / 8;
  if (!Number.isInteger(width) || width === 0)
    throw new ModelError(`sparse tensor '${name}' is of type ${type}`);
  const walk = readWalk(name, dims, sparsity);
  const places = countPlaces(walk.levels);
  if (places * width !== data.length)
    throw new ModelError(
      `sparse tensor '${name}' has ${places} places and ${data.length} bytes of ${type}`,
    );
  return computedTensor(name, type, dims, () => {
    const dense = new Uint8Array(bytes);
    const packed = data.source.read(data.offset, data.length);
    let at = 0;
    if (places === 0) return dense;
    visit(walk, (place) => {
      const to = place * width;
      for (let byte = 0; byte < width; byte++) dense[to + byte] = packed[at++] ?? 0;
    });
    return dense;
  });
}

function readWalk(name: string, dims: readonly number[], sparsity: Table): Walk {
  const broken = (): ModelError =>
    new ModelError(`sparse tensor '${name}' does not say how it is packed`);
  const order = sparsity.numbers(SPARSITY.order, 'int');
  const blockMap = sparsity.numbers(SPARSITY.blockMap, 'int');
  const levels = sparsity.tables(SPARSITY.levels).map(readLevel);
  const rank = dims.length;
  if (levels.length !== rank + blockMap.length || order.length !== levels.length) throw broken();
  if (levels.length > 2 * MAX_AXES) throw broken();
  const whole = order.toSorted((a, b) => a - b);
  if (whole.some((axis, index) => axis !== index)) throw broken();
  // The levels of blocks are the last ones, and dense.
  const blockSize = (block: number): number => {
    const level = levels[order.indexOf(rank + block)];
    if (level && 'size' in level && level.size > 0) return level.size;
    throw broken();
  };
  const steps = order.map((axis) => {
    const block = axis - rank;
    const target = block >= 0 ? blockMap[block] : axis;
    if (target === undefined || target < 0 || target >= rank) throw broken();
    const stride = sizeOf(dims.slice(target + 1));
    return block >= 0
      ? stride
      : blockMap.reduce(
          (step, mapped, index) => (mapped === target ? step * blockSize(index) : step),
          stride,
        );
  });
  for (const [place, level] of levels.entries()) {
    const axis = order[place] ?? 0;
    const target = axis >= rank ? (blockMap[axis - rank] ?? 0) : axis;
    const stride = sizeOf(dims.slice(target + 1)) || 1;
    const covered = ((steps[place] ?? 0) / stride) * sizeOfLevel(level);
    if (covered > (dims[target] ?? 0)) throw broken();
  }
  return { levels, steps };
}

const sizeOfLevel = (level: Level): number =>
  'size' in level
    ? level.size
    : level.indices.reduce((most, index) => Math.max(most, index + 1), 0);

function readLevel(table: Table): Level {
  if (table.number(LEVEL.format, 'byte') === 0)
    return { size: Math.max(0, table.number(LEVEL.size, 'int')) };
  return {
    segments: readIndices(table, LEVEL.segmentsType, LEVEL.segments),
    indices: readIndices(table, LEVEL.indicesType, LEVEL.indices),
  };
}

function readIndices(table: Table, typeSlot: number, slot: number): readonly number[] {
  const kind = INDEX_KINDS[table.number(typeSlot, 'ubyte')];
  const indices = kind ? (table.table(slot)?.numbers(0, kind) ?? []) : [];
  if (indices.some((index) => index < 0))
    throw new ModelError('a sparse tensor has a negative index');
  return indices;
}

/** How many elements the packed form has. */
function countPlaces(levels: readonly Level[]): number {
  let places = 1;
  for (const level of levels) {
    if ('size' in level) places *= level.size;
    else {
      const { segments, indices } = level;
      const isRising = segments.every((end, index) => end >= (segments[index - 1] ?? 0));
      if (segments.length !== places + 1 || segments[0] !== 0 || !isRising)
        throw new ModelError('a sparse tensor has segments that do not fit its sizes');
      places = segments.at(-1) ?? 0;
      if (places !== indices.length)
        throw new ModelError('a sparse tensor has segments that do not fit its indices');
    }
  }
  return places;
}

/** Calls `found` with the place of each packed element, in their order. The depth is that of the levels, which is bounded. */
function visit({ levels, steps }: Walk, found: (place: number) => void): void {
  const descend = (depth: number, parent: number, place: number): void => {
    const level = levels[depth];
    const step = steps[depth] ?? 0;
    if (!level) {
      found(place);
      return;
    }
    if ('size' in level) {
      for (let index = 0; index < level.size; index++)
        descend(depth + 1, parent * level.size + index, place + index * step);
      return;
    }
    const end = level.segments[parent + 1] ?? 0;
    for (let at = level.segments[parent] ?? 0; at < end; at++)
      descend(depth + 1, at, place + (level.indices[at] ?? 0) * step);
  };
  descend(0, 0, 0);
}
