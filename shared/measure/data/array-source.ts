/** One array of a data file, read a slice at a time. */

import { InputError } from '../../base/errors.ts';
import { product } from '../../base/product.ts';
import type { Tensor, TensorType } from '../../base/tensor.ts';
import { typedArray } from '../../onnx/tensor-data.ts';
import { type ByteBox, createBoxWriter } from './byte-box.ts';
import { NPY_PREFIX_BYTES, type NpyHeader, parseNpyHeader } from './npy-header.ts';

export interface ArraySource {
  /** For messages: `test.npz: array "x"`. */
  readonly name: string;
  readonly type: TensorType;
  readonly dims: readonly number[];
  /** `count` indexes from `start` along `axis`, all of the other axes, row-major. */
  slice(axis: number, start: number, count: number): Tensor;
  close(): void;
}

/** Scratch memory for bringing an array into row-major order. */
const TRANSPOSE_BYTES = 16 * 1024 * 1024;

/** The array in a box that holds a whole `.npy` file. Column-major ones are rewritten once. */
export async function openNpyArray(box: ByteBox, name: string): Promise<ArraySource> {
  const header = parseNpyHeader(box.read(0, Math.min(box.size, NPY_PREFIX_BYTES)), name);
  if (header.dataOffset + header.dataBytes > box.size) {
    throw new InputError(
      `${name} is truncated: its shape [${header.dims.join(', ')}] needs ${header.dataBytes} bytes, ` +
        `${box.size - header.dataOffset} are there`,
      { where: name, hint: 'Copy or write the file again.' },
    );
  }
  if (!header.fortranOrder || header.dims.length < 2) {
    return rowMajorArray(box, header.dataOffset, header, name);
  }
  const rows = await toRowMajor(box, header, name);
  box.close();
  return rowMajorArray(rows, 0, header, name);
}

function rowMajorArray(
  box: ByteBox,
  dataOffset: number,
  header: NpyHeader,
  name: string,
): ArraySource {
  const { dims, itemSize } = header;
  return {
    name,
    type: header.type,
    dims,
    slice: (axis, start, count) => {
      const outer = product(dims.slice(0, axis));
      const inner = product(dims.slice(axis + 1)) * itemSize;
      const run = count * inner;
      const sliced = dims.map((dim, i) => (i === axis ? count : dim));
      const stride = (dims[axis] ?? 1) * inner;
      const at = (block: number): number => dataOffset + block * stride + start * inner;
      if (outer === 1) return decode(box.read(at(0), run), sliced, header);
      const bytes = new Uint8Array(outer * run);
      for (let block = 0; block < outer; block++) bytes.set(box.read(at(block), run), block * run);
      return decode(bytes, sliced, header);
    },
    close: () => box.close(),
  };
}

/**
 * A column-major array in row-major order. Column-major means that the first axis runs fastest, so
 * a block of rows is gathered from one short run a column; blocks are as large as memory allows.
 */
async function toRowMajor(box: ByteBox, header: NpyHeader, name: string): Promise<ByteBox> {
  const { dims, itemSize, dataOffset } = header;
  const rows = dims[0] ?? 1;
  const rest = dims.slice(1);
  const columns = product(rest);
  // Position in the row-major row of each column, the columns counted with the second axis fastest.
  const target = new Float64Array(columns);
  const strides = rest.map((_, axis) => product(rest.slice(axis + 1)));
  for (let column = 0; column < columns; column++) {
    let left = column;
    let position = 0;
    for (const [axis, dim] of rest.entries()) {
      position += (left % dim) * (strides[axis] ?? 1);
      left = Math.floor(left / dim);
    }
    target[column] = position;
  }

  const writer = createBoxWriter(name);
  const blockRows = Math.max(1, Math.floor(TRANSPOSE_BYTES / Math.max(1, columns * itemSize)));
  for (let first = 0; first < rows; first += blockRows) {
    const count = Math.min(blockRows, rows - first);
    const block = new Uint8Array(count * columns * itemSize);
    for (let column = 0; column < columns; column++) {
      const run = box.read(dataOffset + (column * rows + first) * itemSize, count * itemSize);
      const position = target[column] ?? 0;
      for (let row = 0; row < count; row++) {
        const item = run.subarray(row * itemSize, (row + 1) * itemSize);
        block.set(item, (row * columns + position) * itemSize);
      }
    }
    await writer.write(block);
  }
  return writer.finish();
}

function decode(bytes: Uint8Array, dims: readonly number[], header: NpyHeader): Tensor {
  if (header.type === 'string') {
    return { type: 'string', dims, data: decodeText(bytes, header) };
  }
  if (header.bigEndian) swapBytes(bytes, header.itemSize);
  return { type: header.type, dims, data: typedArray(header.type, bytes) };
}

function swapBytes(bytes: Uint8Array, itemSize: number): void {
  for (let at = 0; at < bytes.length; at += itemSize) bytes.subarray(at, at + itemSize).reverse();
}

/** Fixed-width strings, padded with zeros at the end. */
function decodeText(bytes: Uint8Array, { itemSize, text, bigEndian }: NpyHeader): string[] {
  const count = itemSize === 0 ? 0 : bytes.length / itemSize;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, item) => {
    if (text === 'S') {
      const end = bytes.subarray(item * itemSize, (item + 1) * itemSize);
      return new TextDecoder().decode(end).replace(/\0+$/, '');
    }
    let decoded = '';
    for (let at = item * itemSize; at < (item + 1) * itemSize; at += 4) {
      const point = view.getUint32(at, !bigEndian);
      if (point > 0x10ffff)
        throw new InputError('a string array holds a value that is no character');
      decoded += String.fromCodePoint(point);
    }
    return decoded.replace(/\0+$/, '');
  });
}
