/** Which axes before a Reshape hold the same elements as which axes after it. */
import type { Dim } from '../../../../onnx/model.ts';

/** Axes next to each other, before and after, with as many elements. */
export interface Block {
  readonly ins: readonly number[];
  readonly outs: readonly number[];
}

/**
 * The smallest such blocks, found from the back and then from the front; axes between whose sizes are not known
 * are in none.
 */
export function blocksOf(before: readonly Dim[], after: readonly Dim[]): readonly Block[] {
  const [ins, outs] = withOneUnknown(before, after);
  const fromBack = matchSizes(ins.toReversed(), outs.toReversed()).map(({ ins, outs }) => ({
    ins: ins.map((at) => before.length - 1 - at).toReversed(),
    outs: outs.map((at) => after.length - 1 - at).toReversed(),
  }));
  const last = fromBack.at(-1);
  const rest = matchSizes(
    ins.slice(0, last ? last.ins[0] : before.length),
    outs.slice(0, last ? last.outs[0] : after.length),
  );
  return [...rest, ...fromBack.toReversed()];
}

/** One unknown size on each side is the same size where the known ones are. */
function withOneUnknown(
  before: readonly Dim[],
  after: readonly Dim[],
): readonly [readonly Dim[], readonly Dim[]] {
  const isSame =
    [before, after].every((dims) => dims.filter((dim) => typeof dim !== 'number').length === 1) &&
    knownSize(before) === knownSize(after);
  const named = (dims: readonly Dim[]): readonly Dim[] =>
    dims.map((dim) => (typeof dim === 'number' ? dim : '?'));
  return isSame ? [named(before), named(after)] : [before, after];
}

const knownSize = (dims: readonly Dim[]): number =>
  dims.reduce<number>((product, dim) => (typeof dim === 'number' ? product * dim : product), 1);

function matchSizes(before: readonly Dim[], after: readonly Dim[]): Block[] {
  const blocks: Block[] = [];
  let [start, outStart] = [0, 0];
  while (start < before.length && outStart < after.length) {
    const [end, outEnd] = blockEnd(before.slice(start), after.slice(outStart));
    if (end === 0) break;
    blocks.push({ ins: range(start, start + end), outs: range(outStart, outStart + outEnd) });
    start += end;
    outStart += outEnd;
  }
  return blocks;
}

/** How many axes of each make the first block; none where that is not known. */
function blockEnd(before: readonly Dim[], after: readonly Dim[]): readonly [number, number] {
  const [first = null, outFirst = null] = [before[0], after[0]];
  if (typeof first === 'string' && first === outFirst) return [1, 1];
  let [size, outSize] = [sizeOf(first), sizeOf(outFirst)];
  let [end, outEnd] = [1, 1];
  while (size !== outSize) {
    if (size < outSize) size *= sizeOf(before[end++]);
    else outSize *= sizeOf(after[outEnd++]);
    if (Number.isNaN(size) || Number.isNaN(outSize)) return [0, 0];
  }
  return size > 0 ? [end, outEnd] : [0, 0];
}

/** NaN for an unknown one. */
const sizeOf = (dim: Dim | undefined): number => (typeof dim === 'number' ? dim : Number.NaN);

const range = (start: number, end: number): readonly number[] =>
  Array.from({ length: end - start }, (_, at) => start + at);
