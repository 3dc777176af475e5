/** A dataset of an HDF5 file as a tensor that is still in it. */
import { ModelError } from '../../base/errors.ts';
import { computedTensor, rawTensor } from '../../onnx/make-tensor.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { readRaw } from '../../onnx/tensor-data.ts';
import { filled, MAX_INFLATION, readChunks } from './chunked-data.ts';
import { countOf, readDataspace } from './dataspace.ts';
import { readDatatype } from './datatype.ts';
import { allocate, damaged, type FileBytes, refused } from './file-bytes.ts';
import { readFilters } from './filters.ts';
import { readLayout } from './layout.ts';
import { MESSAGE, type ObjectHeader } from './object-header.ts';

interface Named {
  /** Of the tensor. */
  readonly name: string;
  /** For messages. */
  readonly where: string;
  /** What bytes of two are that have no type of their own. */
  readonly isBfloat16: boolean;
}

/** @throws ModelError for a damaged dataset and one of no number, UnsupportedError for one that is stored oddly */
export function storedDataset(
  file: FileBytes,
  header: ObjectHeader,
  { name, where, isBfloat16 }: Named,
): StoredTensor {
  const [space, datatype, stored] = [MESSAGE.dataspace, MESSAGE.datatype, MESSAGE.layout].map(
    (type) => header.get(type),
  );
  if (!space || !datatype || !stored) throw damaged(where);
  const dims = readDataspace(space);
  const { size, element, isBigEndian } = readDatatype(datatype);
  const type = isBfloat16 && size === 2 ? 'bfloat16' : element;
  if (!type || !dims) throw new ModelError(`${where} holds no numbers of a known type`);
  const length = countOf(dims) * size;
  if (!(length <= file.source.size * MAX_INFLATION))
    throw new ModelError(`${where} claims ${length} bytes, more than the file can hold`);
  if (header.has(MESSAGE.externalFiles)) throw refused(where, 'keeps its numbers in another file');
  const layout = readLayout(stored, where);
  const inOrder = (bytes: Uint8Array): Uint8Array => (isBigEndian ? swapped(bytes, size) : bytes);
  const computed = (compute: () => Uint8Array): StoredTensor =>
    computedTensor(name, type, dims, () => inOrder(compute()));
  const fill = fillOf(header);
  switch (layout.kind) {
    case 'compact':
      if (layout.bytes.length < length) throw damaged(where);
      return rawTensor(name, type, dims, inOrder(layout.bytes.slice(0, length)));
    case 'contiguous': {
      const { address } = layout;
      // Nothing was ever written.
      if (address === undefined)
        return computed(() => filled(allocate(where, length), { fill, size }));
      if (!(length <= layout.length && address + length <= file.source.size)) throw damaged(where);
      const range = { source: file.source, offset: address, length };
      const tensor = { name, type, dims, storage: { kind: 'file', range } } as const;
      return isBigEndian ? computed(() => Uint8Array.from(readRaw(tensor))) : tensor;
    }
    case 'chunked': {
      const filters = readFilters(header.get(MESSAGE.filters), where);
      const { dims: chunk, index } = layout;
      return computed(() => readChunks(file, { dims, chunk, size, index, filters, fill, where }));
    }
  }
}

/** What elements hold that were never written; `undefined` for zeros. Source: the specification, IV.A.2.e and f. */
function fillOf(header: ObjectHeader): Uint8Array | undefined {
  const fill = header.get(MESSAGE.fill);
  const old = header.get(MESSAGE.oldFill);
  if (!fill) return old?.take(old.u32());
  const version = fill.u8();
  if (version < 1 || version > 3) throw fill.damaged();
  // When memory is taken and filled.
  const isDefined = version === 3 ? (fill.u8() & 0x20) !== 0 : fill.skip(2).u8() === 1;
  return isDefined ? fill.take(fill.u32()) : undefined;
}

function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size === 2) buffer.swap16();
  else if (size === 4) buffer.swap32();
  else if (size === 8) buffer.swap64();
  return bytes;
}
