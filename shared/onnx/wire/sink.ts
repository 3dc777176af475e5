/**
 * Where messages are written to. Each message has one function, which runs twice: against a
 * {@link SizeSink}, which notes the length of every nested message, then against a
 * {@link StreamSink}, which needs them before the content.
 */
import { DefectError } from '../../base/errors.ts';
import type { Int64, UnknownFields } from '../model.ts';
import type { ByteRange, StoredTensor } from '../stored-tensor.ts';

export interface WireSink {
  /** A varint; negative numbers take ten bytes, as int64 does. */
  integer(field: number, value: Int64): void;
  float32(field: number, value: number): void;
  string(field: number, value: string): void;
  bytes(field: number, value: Uint8Array): void;
  message<T>(field: number, write: (sink: WireSink, value: T) => void, value: T): void;
  /** The tensor's bytes, which are copied or computed when their turn comes. */
  rawData(field: number, tensor: StoredTensor): void;
  /** Fields in encoded form. */
  encoded(fields: Uint8Array): void;
  /** Fields as they were read. */
  verbatim(fields: UnknownFields | undefined): void;
  /** Where the tensor's bytes go outside the file, if they do. */
  placeOf(tensor: StoredTensor): ExternalPlace | undefined;
}

/** Takes bytes in order. */
export interface ByteTarget {
  /** Done with the array when it returns. */
  write(bytes: Uint8Array): void;
  /** The same, without holding the range in memory. */
  copy(range: ByteRange): void;
  /** Takes the tensor's bytes in another way, if it answers `true`: they are neither read nor computed for it. */
  takes?(tensor: StoredTensor): boolean;
}

/** A tensor's bytes in the external data file. */
export interface ExternalPlace {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** Finds, or on the first pass makes, the place of a tensor; see {@link WireSink.placeOf}. */
export type PlaceOf = (tensor: StoredTensor) => ExternalPlace | undefined;

/** Is told where the bytes of a tensor begin in what is written. */
export type NoteOffset = (tensor: StoredTensor, offset: number) => void;

/** Bytes of a varint. @throws DefectError for what is no whole number */
export function varintLength(value: Int64): number {
  // Infinity would be written without end.
  if (typeof value === 'number' && !Number.isInteger(value))
    throw new DefectError(`${value} is written where a whole number belongs`);
  if (value >= 0 && value < 128) return 1;
  if (value < 0) return 10;
  let length = 1;
  for (let limit = 128; value >= limit && length < 10; limit *= 128) length++;
  return length;
}

/** Up to here a loop is faster than a call into the engine's encoder. */
const SHORT_TEXT = 64;

/** Bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  if (text.length > SHORT_TEXT) return Buffer.byteLength(text);
  for (let index = 0; index < text.length; index++)
    if (text.charCodeAt(index) > 127) return Buffer.byteLength(text);
  return text.length;
}

/** Writes a text of `length` bytes in UTF-8 at a place that has room for it. */
export function writeUtf8(text: string, length: number, buffer: Buffer, at: number): void {
  // As many bytes as characters: ASCII.
  if (length === text.length && length <= SHORT_TEXT)
    for (let index = 0; index < length; index++) buffer[at + index] = text.charCodeAt(index);
  else buffer.write(text, at);
}
