/** Tensors out of their slices, and slices out of tensors: made when they are written. */
import { ModelError } from '../../base/errors.ts';
import { ELEMENT_TYPES, type ElementType } from '../../onnx/element-type.ts';
import { computedTensor } from '../../onnx/make-tensor.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { elementCount, readRaw } from '../../onnx/tensor-data.ts';
import { Unconvertible } from '../build/unconvertible.ts';
import type { BundleEntry } from './bundle-entry.ts';
import { placeOf, type Slice } from './slice.ts';

/** A stored slice. */
export interface Piece {
  readonly slice: Slice;
  readonly tensor: StoredTensor;
}

type Place = ReturnType<typeof placeOf>;

/** The tensor that the pieces make up. @throws ModelError when they do not fill it */
export function joinSlices(
  { dims }: Pick<BundleEntry, 'dims'>,
  pieces: readonly Piece[],
  key: string,
): StoredTensor {
  const type = pieces[0]?.tensor.type ?? 'float32';
  const width = widthOf(type);
  const placed = pieces.map(({ slice, tensor }) => ({ place: placeOf(slice, dims), tensor }));
  const fits = placed.every(
    ({ place, tensor }) =>
      tensor.type === type &&
      tensor.dims.length === dims.length &&
      place.every(({ length }, axis) => length === tensor.dims[axis]),
  );
  const filled = placed.reduce((sum, { tensor }) => sum + elementCount(tensor), 0);
  if (!fits || filled !== elementCount({ dims }))
    throw new ModelError(`the slices of '${key}' do not make up its ${JSON.stringify(dims)}`);
  return computedTensor(key, type, dims, () => {
    const whole = new Uint8Array(elementCount({ dims }) * width);
    for (const { place, tensor } of placed) {
      const part = readRaw(tensor);
      forEachRow(place, dims, width, (inWhole, inPart, length) => {
        whole.set(part.subarray(inPart, inPart + length), inWhole);
      });
    }
    return whole;
  });
}

/** A part of a tensor. @throws ModelError when it does not lie in it */
export function cutSlice(tensor: StoredTensor, slice: Slice): StoredTensor {
  const place = placeOf(slice, tensor.dims);
  const dims = place.map(({ length }) => length);
  const width = widthOf(tensor.type);
  return computedTensor(tensor.name, tensor.type, dims, () => {
    const whole = readRaw(tensor);
    const part = new Uint8Array(elementCount({ dims }) * width);
    forEachRow(place, tensor.dims, width, (inWhole, inPart, length) => {
      part.set(whole.subarray(inWhole, inWhole + length), inPart);
    });
    return part;
  });
}

/** Calls `copy` with byte offsets for each run of elements that lie together in the whole and in the part. */
function forEachRow(
  place: Place,
  dims: readonly number[],
  width: number,
  copy: (inWhole: number, inPart: number, length: number) => void,
): void {
  const last = dims.length - 1;
  const rowLength = (place[last]?.length ?? 1) * width;
  // Axes of no elements leave nothing to copy, however long the others are.
  if (rowLength === 0) return;
  const rows = place.slice(0, -1).reduce((product, { length }) => product * length, 1);
  for (let row = 0; row < rows; row++) {
    let rest = row;
    let offset = place[last]?.start ?? 0;
    let step = dims[last] ?? 1;
    for (let axis = last - 1; axis >= 0; axis--) {
      const { start, length } = place[axis] ?? { start: 0, length: 1 };
      offset += (start + (rest % length)) * step;
      rest = Math.floor(rest / length);
      step *= dims[axis] ?? 1;
    }
    copy(offset * width, row * rowLength, rowLength);
  }
}

function widthOf(type: ElementType): number {
  const width = ELEMENT_TYPES[type].bits / 8;
  if (type !== 'string' && Number.isInteger(width)) return width;
  throw new Unconvertible(`its value is a part of a variable of ${type}`);
}
