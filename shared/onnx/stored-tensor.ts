/**
 * A tensor whose bytes may still be elsewhere: in a file, in memory, or not yet computed.
 *
 * Readers make `file` and `packed` ones; passes and quantizers make `memory` and `computed` ones.
 * `readRaw` (in `tensor-data.ts`) gives any of them as raw_data bytes.
 */
import type { ElementType } from './element-type.ts';

/** Random access to the bytes of one file (or object): reads are synchronous and bounded by `size`. */
export interface ByteSource {
  /** For messages. */
  readonly name: string;
  readonly size: number;
  /** Exactly `length` bytes from `offset`; throws {@link ModelError} when the range leaves the source. */
  read(offset: number, length: number): Uint8Array;
  /** Fills `target` from `offset`; throws likewise. */
  readInto(target: Uint8Array, offset: number): void;
  close(): void;
}

/** A range of a source. */
export interface ByteRange {
  readonly source: ByteSource;
  readonly offset: number;
  readonly length: number;
}

export type TensorStorage =
  /** raw_data, or external data: little-endian elements, sub-byte types packed low nibble first. */
  | {
      readonly kind: 'file';
      readonly range: ByteRange;
      readonly external?: { readonly location: string };
    }
  | { readonly kind: 'memory'; readonly bytes: Uint8Array }
  /** Typed wire fields (`float_data` …), decoded on demand and written as raw_data. */
  | { readonly kind: 'packed'; readonly field: PackedField; readonly ranges: readonly ByteRange[] }
  | { readonly kind: 'strings'; readonly values: readonly Uint8Array[] }
  /**
   * Made when written and then forgotten: how a model larger than memory is quantized.
   * `compute` is pure; `byteLength` is exact. It reads the tensors of `sources` and no others; without them nobody
   * knows what it reads.
   */
  | {
      readonly kind: 'computed';
      readonly byteLength: number;
      readonly compute: () => Uint8Array;
      /** Writes the same bytes into memory of exactly that length, which begins where any typed array may begin. */
      readonly fill?: (target: Uint8Array) => void;
      readonly sources?: readonly StoredTensor[];
    };

export type PackedField =
  | 'float_data'
  | 'int32_data'
  | 'int64_data'
  | 'double_data'
  | 'uint64_data';

export interface StoredTensor {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly storage: TensorStorage;
  readonly docString?: string;
  readonly metadata?: ReadonlyMap<string, string>;
  readonly unknown?: UnknownFields;
}

/** Wire fields that this schema does not know, keys included, in file order: written back as they were. */
export type UnknownFields = readonly ByteRange[];
