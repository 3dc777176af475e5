/** BundleHeaderProto and BundleEntryProto. Source: tensorflow/core/protobuf/tensor_bundle.proto. */

import type { Shape } from '../build/dims.ts';
import { typeOfNumber } from '../tf/data-type.ts';
import { fixedSizes, readShape } from '../tf/proto/shape.ts';
import type { TfReader } from '../tf/proto/tf-reader.ts';
import type { TfType } from '../tf/tf-graph.ts';
import type { Slice } from './slice.ts';

/** Where a tensor lies. */
export interface BundleEntry {
  readonly type: TfType;
  readonly dims: readonly number[];
  /** Number of the data file. */
  readonly shard: number;
  readonly offset: number;
  readonly size: number;
  /** Not empty for a tensor that is stored in parts, under keys of their own. */
  readonly slices: readonly Slice[];
}

/** The current message as the header. */
export function readHeader(reader: TfReader): { shards: number; isBigEndian: boolean } {
  let shards = 1;
  let isBigEndian = false;
  while (reader.next()) {
    if (reader.field === 1) shards = reader.integer();
    else if (reader.field === 2) isBigEndian = reader.boolean();
    else reader.skip();
  }
  return { shards, isBigEndian };
}

/** The current message as an entry. @throws ModelError for sizes that cannot be */
export function readEntry(reader: TfReader, shown: string): BundleEntry {
  let type: TfType = 'unknown';
  let shape: Shape | null = [];
  let shard = 0;
  let offset = 0;
  let size = 0;
  const slices: Slice[] = [];
  while (reader.next()) {
    const { field } = reader;
    if (field === 1) type = typeOfNumber(reader.integer());
    else if (field === 2) shape = reader.message(() => readShape(reader));
    else if (field === 3) shard = reader.integer();
    else if (field === 4) offset = reader.integer();
    else if (field === 5) size = reader.integer();
    else if (field === 7) slices.push(reader.message(() => readSlice(reader)));
    else reader.skip();
  }
  if (offset < 0 || size < 0) throw reader.error(`'${shown}' lies at ${offset} with ${size} bytes`);
  return { type, dims: fixedSizes(shape, `'${shown}'`, reader), shard, offset, size, slices };
}

/** The current TensorSliceProto. */
function readSlice(reader: TfReader): Slice {
  const extents: { start: number; length: number | null }[] = [];
  reader.charge(100);
  while (reader.next()) {
    if (reader.field === 1) {
      reader.charge(60);
      extents.push(
        reader.message(() => {
          let start = 0;
          let length: number | null = null;
          while (reader.next()) {
            if (reader.field === 1) start = reader.integer();
            else if (reader.field === 2) length = reader.integer();
            else reader.skip();
          }
          return { start, length };
        }),
      );
    } else reader.skip();
  }
  return extents;
}
