/** SparseTensorProto. */
import type { SparseTensor } from '../model.ts';
import type { ByteRange, StoredTensor } from '../stored-tensor.ts';
import type { WireSink } from './sink.ts';
import { readTensor, writeTensor } from './tensor.ts';
import type { WireReader } from './wire-reader.ts';

/** The current message as a sparse tensor. Whether indices fit dims is the verifier's business. */
export function readSparseTensor(reader: WireReader): SparseTensor {
  const dims: number[] = [];
  let values: StoredTensor | undefined;
  let indices: StoredTensor | undefined;
  let unknown: ByteRange[] | undefined;
  while (reader.next()) {
    if (reader.field === 1) values = reader.message(readTensor);
    else if (reader.field === 2) indices = reader.message(readTensor);
    else if (reader.field === 3) reader.integers(dims);
    else unknown = reader.unknown(unknown);
  }
  if (!values || !indices) throw reader.error('a sparse tensor lacks its values or indices');
  if (dims.some((dim) => dim < 0))
    throw reader.error(`sparse tensor '${values.name}' has impossible dims`);
  return { values, indices, dims, ...(unknown ? { unknown } : {}) };
}

/** The fields of a SparseTensorProto. */
export function writeSparseTensor(sink: WireSink, tensor: SparseTensor): void {
  sink.message(1, writeTensor, tensor.values);
  sink.message(2, writeTensor, tensor.indices);
  for (const dim of tensor.dims) sink.integer(3, dim);
  sink.verbatim(tensor.unknown);
}
