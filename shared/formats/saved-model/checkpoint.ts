/**
 * A checkpoint: an index of tensors and the data files in which they lie. Tensors stay there until they
 * are written. Source: tensorflow/core/util/tensor_bundle, tensor_bundle.proto.
 */
import { basename, dirname } from 'node:path';
import { InputError, ModelError, UnsupportedError } from '../../base/errors.ts';
import { findInside } from '../../base/inside-folder.ts';
import { fileSource, memorySource, type OpenFile } from '../../onnx/byte-source.ts';
import { rawByteLength } from '../../onnx/element-type.ts';
import { MAX_OPEN_FILES } from '../../onnx/limits.ts';
import type { ByteRange, ByteSource, StoredTensor } from '../../onnx/stored-tensor.ts';
import { elementCount } from '../../onnx/tensor-data.ts';
import { Unconvertible } from '../build/unconvertible.ts';
import type { Budget } from '../tf/proto/budget.ts';
import { decodeStringList } from '../tf/proto/string-list.ts';
import { TfReader } from '../tf/proto/tf-reader.ts';
import { type BundleEntry, readEntry, readHeader } from './bundle-entry.ts';
import { cutSlice, joinSlices, type Piece } from './join-slices.ts';
import { type Slice, sameSlice, sliceKey } from './slice.ts';
import { readTable } from './sstable.ts';

/** The header's key. */
const HEADER = '';

/** An open checkpoint. */
export class Checkpoint implements Disposable {
  readonly #prefix: string;
  readonly #shards: number;
  readonly #table: ReadonlyMap<string, Uint8Array>;
  readonly #sources = new Map<number, ByteSource>();
  readonly #budget: Budget;
  readonly #open: OpenFile;

  /**
   * `prefix` is the path without `.index`.
   * @throws InputError when there is none, ModelError for a broken one, UnsupportedError for a big-endian one
   */
  constructor(prefix: string, budget: Budget, open: OpenFile = fileSource) {
    const path = `${prefix}.index`;
    this.#prefix = prefix;
    this.#budget = budget;
    this.#open = open;
    const source = open(path);
    try {
      this.#table = readTable(source);
    } finally {
      source.close();
    }
    const header = readHeader(this.#readerOf(this.#table.get(HEADER) ?? new Uint8Array()));
    if (header.isBigEndian)
      throw new UnsupportedError(`'${path}' was written on a big-endian machine`, {
        hint: 'Load and save the model again on a usual one.',
      });
    this.#shards = header.shards;
  }

  /** Names of all tensors. */
  get keys(): string[] {
    return [...this.#table.keys()]
      .filter((key) => key !== HEADER && !key.startsWith('\0'))
      .map((key) => Buffer.from(key, 'latin1').toString());
  }

  has(key: string): boolean {
    return this.#table.has(latin1(key));
  }

  /**
   * The tensor, or the slice of it that a part of a partitioned variable holds.
   * @throws Unconvertible for types without a counterpart, ModelError when the file breaks its own rules
   */
  tensor(key: string, slice?: Slice): StoredTensor {
    const entry = this.#entry(latin1(key), key);
    const whole =
      entry.slices.length > 0 ? this.#joined(key, entry, slice) : this.#stored(entry, key);
    if (!slice || entry.slices.some((own) => sameSlice(own, slice, entry.dims))) return whole;
    return entry.slices.length > 0 ? whole : cutSlice(whole, slice);
  }

  [Symbol.dispose](): void {
    for (const source of this.#sources.values()) source.close();
  }

  /** A tensor that was saved in slices, or of them the one that is wanted. */
  #joined(key: string, entry: BundleEntry, slice: Slice | undefined): StoredTensor {
    const pieces = entry.slices.map((own): Piece => {
      const tensor = this.#stored(this.#entry(sliceKey(latin1(key), own), key), key);
      return { slice: own, tensor };
    });
    const exact = slice && pieces.find((piece) => sameSlice(piece.slice, slice, entry.dims));
    if (exact) return exact.tensor;
    const whole = joinSlices(entry, pieces, key);
    return slice ? cutSlice(whole, slice) : whole;
  }

  #entry(tableKey: string, shown: string): BundleEntry {
    const bytes = this.#table.get(tableKey);
    if (bytes) return readEntry(this.#readerOf(bytes), shown);
    throw new ModelError(`'${this.#prefix}.index' has no tensor '${shown.slice(0, 200)}'`, {
      hint: 'The variables belong to another model, or were cut off: copy the whole folder again.',
    });
  }

  #stored({ type, dims, shard, offset, size }: BundleEntry, key: string): StoredTensor {
    if (type === 'resource' || type === 'variant' || type === 'unknown' || type.endsWith('int4'))
      throw new Unconvertible(`its value '${key}' is of a type that has no counterpart`);
    const range: ByteRange = { source: this.#shard(shard), offset, length: size };
    if (offset + size > range.source.size)
      throw new ModelError(
        `'${key}' wants bytes ${offset} to ${offset + size} of ${basename(range.source.name)}, which has ${range.source.size}`,
        { hint: 'The file was cut off: copy or export the model again.' },
      );
    const count = elementCount({ dims });
    const tensor = { name: key, type, dims };
    if (type === 'string') {
      const values = decodeStringList(range, count, { isChecked: true });
      return { ...tensor, storage: { kind: 'strings', values } };
    }
    if (size !== rawByteLength(type, count))
      throw new ModelError(
        `'${key}' has ${size} bytes in the checkpoint: ${type} ${JSON.stringify(dims)} needs ${rawByteLength(type, count)}`,
      );
    return { ...tensor, storage: { kind: 'file', range } };
  }

  #shard(number: number): ByteSource {
    const known = this.#sources.get(number);
    if (known) return known;
    if (number < 0 || number >= this.#shards)
      throw new ModelError(`'${this.#prefix}.index' names data file ${number} of ${this.#shards}`);
    const five = (count: number): string => String(count).padStart(5, '0');
    const name = `${basename(this.#prefix)}.data-${five(number)}-of-${five(this.#shards)}`;
    const found = findInside(dirname(this.#prefix), name);
    if (found.kind !== 'file')
      throw new InputError(`the data file ${name} is missing beside ${this.#prefix}.index`, {
        hint: 'Copy the whole folder of the model: a SavedModel is more than its saved_model.pb.',
      });
    const source = this.#open(found.path, { keepOpen: this.#sources.size < MAX_OPEN_FILES });
    this.#sources.set(number, source);
    return source;
  }

  #readerOf(bytes: Uint8Array): TfReader {
    return new TfReader(memorySource(bytes, `${this.#prefix}.index`), this.#budget);
  }
}

/** Keys of the table are bytes. */
const latin1 = (key: string): string => Buffer.from(key).toString('latin1');
