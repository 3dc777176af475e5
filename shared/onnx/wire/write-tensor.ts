/** TensorProto and SparseTensorProto, written: typed fields become raw_data, file ranges are copied. */
import { ELEMENT_TYPES } from '../element-type.ts';
import type { SparseTensor } from '../model.ts';
import type { ByteRange, StoredTensor } from '../stored-tensor.ts';
import { readRaw, storedByteLength } from '../tensor-data.ts';
import type { Encoder, Payload } from './encoder.ts';
import { writeStringMap } from './write-strings.ts';

/** Copies go through a buffer of this size, so that memory does not grow with the tensor. */
const COPY_CHUNK = 4 << 20;

/** Where a tensor's bytes were put outside the model file. */
export interface ExternalPlace {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

export type ExternalPlaces = ReadonlyMap<StoredTensor, ExternalPlace>;

/** The fields of a TensorProto. */
export function writeTensor(encoder: Encoder, tensor: StoredTensor, places: ExternalPlaces): void {
  for (const dim of tensor.dims) encoder.varint(1, dim);
  encoder.varint(2, ELEMENT_TYPES[tensor.type].code);
  if (tensor.storage.kind === 'strings') {
    for (const value of tensor.storage.values) encoder.bytes(6, value);
  }
  if (tensor.name) encoder.string(8, tensor.name);
  if (tensor.docString) encoder.string(12, tensor.docString);
  const place = places.get(tensor);
  if (place) {
    const entries = {
      location: place.location,
      offset: String(place.offset),
      length: String(place.length),
    };
    writeStringMap(encoder, 13, new Map(Object.entries(entries)));
    encoder.varint(14, 1);
  } else if (tensor.storage.kind !== 'strings') {
    encoder.payload(9, tensorPayload(tensor));
  }
  if (tensor.metadata) writeStringMap(encoder, 16, tensor.metadata);
  for (const field of tensor.unknown ?? []) encoder.raw(field);
}

/** The fields of a SparseTensorProto. */
export function writeSparseTensor(
  encoder: Encoder,
  tensor: SparseTensor,
  places: ExternalPlaces,
): void {
  encoder.message(1, () => writeTensor(encoder, tensor.values, places));
  encoder.message(2, () => writeTensor(encoder, tensor.indices, places));
  for (const dim of tensor.dims) encoder.varint(3, dim);
}

/** The tensor's raw_data bytes: ranges are copied in chunks, computed ones made when their turn comes. */
export function tensorPayload(tensor: StoredTensor): Payload {
  const { storage } = tensor;
  if (storage.kind === 'file') {
    const { range } = storage;
    return { byteLength: range.length, chunks: () => copyRange(range) };
  }
  return { byteLength: storedByteLength(tensor), chunks: () => [readRaw(tensor)] };
}

function* copyRange({ source, offset, length }: ByteRange): IterableIterator<Uint8Array> {
  for (let done = 0; done < length; done += COPY_CHUNK) {
    yield source.read(offset + done, Math.min(COPY_CHUNK, length - done));
  }
}
