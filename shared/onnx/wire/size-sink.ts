/** The first pass: counts, and notes how long each message is, in the order in which they open. */
import type { Int64, UnknownFields } from '../model.ts';
import type { StoredTensor } from '../stored-tensor.ts';
import {
  type ExternalPlace,
  type PlaceOf,
  utf8Length,
  varintLength,
  type WireSink,
} from './sink.ts';
import { payloadLength } from './tensor.ts';

/** Sizes of a message tree; see the head of the file. */
export class SizeSink implements WireSink {
  size = 0;
  /** For {@link StreamSink}. */
  readonly lengths: number[] = [];
  readonly #placeOf: PlaceOf;

  constructor(placeOf: PlaceOf) {
    this.#placeOf = placeOf;
  }

  integer(field: number, value: Int64): void {
    this.size += varintLength(field * 8) + varintLength(value);
  }

  float32(field: number): void {
    this.size += varintLength(field * 8) + 4;
  }

  string(field: number, value: string): void {
    this.#content(field, utf8Length(value));
  }

  bytes(field: number, value: Uint8Array): void {
    this.#content(field, value.length);
  }

  message<T>(field: number, write: (sink: WireSink, value: T) => void, value: T): void {
    const place = this.lengths.push(0) - 1;
    const before = this.size;
    write(this, value);
    const length = this.size - before;
    this.lengths[place] = length;
    this.size = before;
    this.#content(field, length);
  }

  rawData(field: number, tensor: StoredTensor): void {
    this.#content(field, payloadLength(tensor));
  }

  encoded(fields: Uint8Array): void {
    this.size += fields.length;
  }

  verbatim(fields: UnknownFields | undefined): void {
    if (fields) for (const field of fields) this.size += field.length;
  }

  placeOf(tensor: StoredTensor): ExternalPlace | undefined {
    return this.#placeOf(tensor);
  }

  #content(field: number, length: number): void {
    this.size += varintLength(field * 8) + varintLength(length) + length;
  }
}
