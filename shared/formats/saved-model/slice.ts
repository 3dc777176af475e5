/** Slices of partitioned variables: their text form, and the keys under which a checkpoint holds them. */
import { ModelError } from '../../base/errors.ts';

/** One axis; a length of `null` takes all of it. */
export interface Extent {
  readonly start: number;
  readonly length: number | null;
}

/** One extent for each axis. */
export type Slice = readonly Extent[];

/**
 * The slice that RestoreV2 names: sizes of the whole, then one extent an axis (`10 4 0,5:-`); `undefined` for
 * all of a tensor. Source: `ParseShapeAndSlice`, tensorflow/core/util/saved_tensor_slice_util.cc.
 * @throws ModelError for anything else
 */
export function parseSlice(text: string): Slice | undefined {
  if (text.trim() === '') return undefined;
  const words = text.trim().split(' ');
  const extents = (words.at(-1) ?? '').split(':');
  if (extents.length !== words.length - 1)
    throw new ModelError(`'${text.slice(0, 100)}' names no slice of a variable`);
  return extents.map((extent) => {
    if (extent === '-') return { start: 0, length: null };
    const match = /^(\d{1,15}),(\d{1,15})$/.exec(extent);
    if (!match) throw new ModelError(`'${text.slice(0, 100)}' names no slice of a variable`);
    return { start: Number(match[1]), length: Number(match[2]) };
  });
}

/** The place of a slice in a tensor of these sizes. @throws ModelError when it does not lie in it */
export function placeOf(
  slice: Slice,
  dims: readonly number[],
): readonly { readonly start: number; readonly length: number }[] {
  return dims.map((size, axis) => {
    const { start, length } = slice[axis] ?? { start: 0, length: null };
    const taken = length ?? size - start;
    if (slice.length !== dims.length || start < 0 || taken < 0 || start + taken > size)
      throw new ModelError('a slice of a variable does not lie in it');
    return { start, length: taken };
  });
}

/** Whether both are the same part of a tensor. */
export function sameSlice(a: Slice, b: Slice, dims: readonly number[]): boolean {
  const other = placeOf(b, dims);
  return placeOf(a, dims).every(
    ({ start, length }, axis) => start === other[axis]?.start && length === other[axis]?.length,
  );
}

const ESCAPED = /[\0\xff]/g;

/**
 * The key of a slice: 0, the name, the rank, and start and length of each axis, in a code that sorts as the
 * numbers do. Source: `EncodeTensorNameSlice`; tensorflow/core/lib/strings/ordered_code.cc.
 */
export function sliceKey(name: string, slice: Slice): string {
  const escaped = name.replace(ESCAPED, (byte) => (byte === '\0' ? '\0\xff' : '\xff\0'));
  const numbers = slice.map(({ start, length }) => signed(start) + signed(length ?? -1));
  return `${unsigned(0)}${escaped}\0\x01${unsigned(slice.length)}${numbers.join('')}`;
}

/** The count of bytes, then the bytes, most significant first. */
function unsigned(value: number): string {
  const bytes = bigEndian(value);
  return String.fromCharCode(bytes.length, ...bytes);
}

/** As many leading ones as there are bytes, then a zero when the number is negative, turned around. */
function signed(value: number): string {
  const magnitude = value < 0 ? -value - 1 : value;
  if (magnitude < 64) return String.fromCharCode(0x80 ^ (value & 0xff));
  const bits = bigEndian(magnitude).length * 8 - Math.clz32((bigEndian(magnitude)[0] ?? 0) << 24);
  const length = Math.floor(bits / 7) + 1;
  const raw = BigInt.asUintN(length * 8, BigInt(value));
  const bytes = Array.from({ length }, (_, index) =>
    Number((raw >> BigInt(8 * (length - 1 - index))) & 0xffn),
  );
  // The header: `length` ones in the top bits, over the sign.
  const header =
    length >= 8 ? [0xff, (0xff << (16 - length)) & 0xff] : [(0xff << (8 - length)) & 0xff];
  return String.fromCharCode(...bytes.map((byte, index) => byte ^ (header[index] ?? 0)));
}

function bigEndian(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes;
}
