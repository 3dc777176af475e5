/** The second pass: bytes, through a buffer, to a target. */
import { DefectError } from '../../base/errors.ts';
import type { Int64, UnknownFields } from '../model.ts';
import type { ByteRange, StoredTensor } from '../stored-tensor.ts';
import {
  type ByteTarget,
  type ExternalPlace,
  type NoteOffset,
  type PlaceOf,
  utf8Length,
  type WireSink,
  writeUtf8,
} from './sink.ts';
import { payloadLength, streamPayload } from './tensor.ts';

/** Large enough that calls of the target do not count. */
const BUFFER_BYTES = 1 << 16;

/** Writes what a {@link SizeSink} measured; call {@link flush} at the end. */
export class StreamSink implements WireSink, ByteTarget {
  readonly #target: ByteTarget;
  readonly #lengths: readonly number[];
  readonly #placeOf: PlaceOf;
  readonly #note: NoteOffset | undefined;
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #at = 0;
  #opened = 0;
  /** Bytes that came through {@link write} and {@link copy}. */
  #given = 0;
  /** Bytes that the target has. */
  #passed = 0;

  /** `note` is told where the raw data of each tensor begins, from the first byte of the stream. */
  constructor(target: ByteTarget, lengths: readonly number[], placeOf: PlaceOf, note?: NoteOffset) {
    this.#target = target;
    this.#lengths = lengths;
    this.#placeOf = placeOf;
    this.#note = note;
  }

  integer(field: number, value: Int64): void {
    this.#room(20);
    this.#varint(field * 8);
    this.#varint(value);
  }

  float32(field: number, value: number): void {
    this.#room(14);
    this.#varint(field * 8 + 5);
    this.#at = this.#buffer.writeFloatLE(value, this.#at);
  }

  string(field: number, value: string): void {
    const length = utf8Length(value);
    this.#room(20);
    this.#varint(field * 8 + 2);
    this.#varint(length);
    if (length > BUFFER_BYTES) this.write(Buffer.from(value));
    else {
      this.#room(length);
      writeUtf8(value, length, this.#buffer, this.#at);
      this.#at += length;
    }
  }

  bytes(field: number, value: Uint8Array): void {
    this.#room(20);
    this.#varint(field * 8 + 2);
    this.#varint(value.length);
    this.write(value);
  }

  message<T>(field: number, write: (sink: WireSink, value: T) => void, value: T): void {
    const length = this.#lengths[this.#opened++];
    if (length === undefined) throw new DefectError('a message was not measured');
    this.#room(20);
    this.#varint(field * 8 + 2);
    this.#varint(length);
    write(this, value);
  }

  rawData(field: number, tensor: StoredTensor): void {
    const length = payloadLength(tensor);
    this.#room(20);
    this.#varint(field * 8 + 2);
    this.#varint(length);
    this.#note?.(tensor, this.#passed + this.#at);
    const end = this.#given + length;
    streamPayload(tensor, this);
    if (this.#given !== end)
      throw new DefectError(
        `tensor '${tensor.name}' gave ${length + this.#given - end} bytes, ${length} were announced`,
      );
  }

  encoded(fields: Uint8Array): void {
    this.write(fields);
  }

  verbatim(fields: UnknownFields | undefined): void {
    if (fields) for (const field of fields) this.copy(field);
  }

  placeOf(tensor: StoredTensor): ExternalPlace | undefined {
    return this.#placeOf(tensor);
  }

  flush(): void {
    if (this.#at > 0) this.#target.write(this.#buffer.subarray(0, this.#at));
    this.#passed += this.#at;
    this.#at = 0;
  }

  write(bytes: Uint8Array): void {
    this.#given += bytes.length;
    if (bytes.length > BUFFER_BYTES / 4) {
      this.flush();
      this.#target.write(bytes);
      this.#passed += bytes.length;
    } else {
      this.#room(bytes.length);
      this.#buffer.set(bytes, this.#at);
      this.#at += bytes.length;
    }
  }

  takes(tensor: StoredTensor): boolean {
    if (!this.#target.takes) return false;
    this.flush();
    const isTaken = this.#target.takes(tensor);
    if (isTaken) {
      this.#given += payloadLength(tensor);
      this.#passed += payloadLength(tensor);
    }
    return isTaken;
  }

  copy(range: ByteRange): void {
    this.#given += range.length;
    if (range.length > BUFFER_BYTES / 4) {
      this.flush();
      this.#target.copy(range);
      this.#passed += range.length;
    } else {
      this.#room(range.length);
      range.source.readInto(this.#buffer.subarray(this.#at, this.#at + range.length), range.offset);
      this.#at += range.length;
    }
  }

  #room(count: number): void {
    if (this.#at + count > BUFFER_BYTES) this.flush();
  }

  /** There is room for ten bytes. */
  #varint(value: Int64): void {
    const buffer = this.#buffer;
    if (typeof value === 'bigint' || value < 0) {
      let rest = BigInt.asUintN(64, BigInt(value));
      for (; rest > 127n; rest >>= 7n) buffer[this.#at++] = Number(rest & 127n) | 128;
      buffer[this.#at++] = Number(rest);
      return;
    }
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) buffer[this.#at++] = (rest % 128) | 128;
    buffer[this.#at++] = rest;
  }
}
