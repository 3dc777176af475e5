/**
 * Builds a message of any size in two passes: small fields go into one growing buffer, payloads of
 * tensors are only noted, and lengths are known before the first byte is written out.
 */
import type { Int64 } from '../model.ts';

/** Bytes that are copied or computed only when the message is streamed. */
export interface Payload {
  readonly byteLength: number;
  /** The bytes in order, in chunks of bounded size where they come from a file. */
  chunks(): Iterable<Uint8Array>;
}

interface Gap {
  /** Where in the buffer the payload belongs. */
  position: number;
  readonly payload: Payload;
}

const utf8 = new TextEncoder();

/** Collects fields; `message` nests. */
export class Encoder {
  #buffer = new Uint8Array(1 << 12);
  #view = new DataView(this.#buffer.buffer);
  #position = 0;
  #payloadBytes = 0;
  readonly #gaps: Gap[] = [];

  /** Bytes of everything so far, payloads included. */
  get byteLength(): number {
    return this.#position + this.#payloadBytes;
  }

  varint(field: number, value: Int64): void {
    this.#key(field, 0);
    this.#varint(value);
  }

  float(field: number, value: number): void {
    this.#key(field, 5);
    this.rawFloat(value);
  }

  string(field: number, value: string): void {
    this.#key(field, 2);
    this.#room(value.length * 3 + 5);
    // Most names are short ASCII: one length byte, written after the text is known to fit it.
    const { written } = utf8.encodeInto(value, this.#buffer.subarray(this.#position + 1));
    if (written < 128) {
      this.#buffer[this.#position] = written;
      this.#position += 1 + written;
    } else {
      this.#buffer.copyWithin(
        this.#position + varintLength(written),
        this.#position + 1,
        this.#position + 1 + written,
      );
      this.#varint(written);
      this.#position += written;
    }
  }

  bytes(field: number, value: Uint8Array): void {
    this.#key(field, 2);
    this.#varint(value.length);
    this.raw(value);
  }

  /** Bytes as they are: a field that was kept whole. */
  raw(value: Uint8Array): void {
    this.#room(value.length);
    this.#buffer.set(value, this.#position);
    this.#position += value.length;
  }

  /** A float32 without a key: an element of a packed list. */
  rawFloat(value: number): void {
    this.#room(4);
    this.#view.setFloat32(this.#position, value, true);
    this.#position += 4;
  }

  payload(field: number, payload: Payload): void {
    this.#key(field, 2);
    this.#varint(payload.byteLength);
    this.#gaps.push({ position: this.#position, payload });
    this.#payloadBytes += payload.byteLength;
  }

  /** A nested message: what `write` adds, with its length before it. */
  message(field: number, write: () => void): void {
    this.#key(field, 2);
    const start = this.#position;
    const bytesBefore = this.#payloadBytes;
    const gapsBefore = this.#gaps.length;
    write();
    const length = this.#position - start + this.#payloadBytes - bytesBefore;
    const shift = varintLength(length);
    this.#room(shift);
    this.#buffer.copyWithin(start + shift, start, this.#position);
    const end = this.#position + shift;
    this.#position = start;
    this.#varint(length);
    this.#position = end;
    for (const gap of this.#gaps.slice(gapsBefore)) gap.position += shift;
  }

  /** Everything, in order. */
  *chunks(): IterableIterator<Uint8Array> {
    let done = 0;
    for (const { position, payload } of this.#gaps) {
      if (position > done) yield this.#buffer.subarray(done, position);
      done = position;
      yield* payload.chunks();
    }
    if (this.#position > done) yield this.#buffer.subarray(done, this.#position);
  }

  #key(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  #varint(value: Int64): void {
    this.#room(10);
    if (typeof value === 'bigint' || value < 0) {
      let rest = BigInt.asUintN(64, BigInt(value));
      for (; rest > 127n; rest >>= 7n) this.#buffer[this.#position++] = Number(rest & 127n) | 128;
      this.#buffer[this.#position++] = Number(rest);
      return;
    }
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128))
      this.#buffer[this.#position++] = (rest % 128) | 128;
    this.#buffer[this.#position++] = rest;
  }

  #room(count: number): void {
    const needed = this.#position + count;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#position));
    this.#buffer = grown;
    this.#view = new DataView(grown.buffer);
  }
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) length++;
  return length;
}
