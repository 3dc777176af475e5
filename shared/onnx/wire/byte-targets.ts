/** Where streams of bytes end: a file, or memory of known size. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { DefectError } from '../../base/errors.ts';
import type { ByteRange } from '../stored-tensor.ts';
import type { ByteTarget } from './sink.ts';

/** Copies go through a buffer of this size: measured fastest where it fits the processor's second-level cache. */
const COPY_BYTES = 1 << 18;
/** One write call takes at most this: Node refuses 2 GiB and more. */
const MAX_WRITE_CALL = 1 << 30;

/** A new file at `path`, written from the front. Errors are the file system's own. */
export class FileTarget implements ByteTarget {
  readonly #descriptor: number;
  readonly #scratch = new Uint8Array(COPY_BYTES);
  #position = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'wx');
  }

  get position(): number {
    return this.#position;
  }

  write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const count = Math.min(MAX_WRITE_CALL, bytes.length - done);
      const written = writeSync(this.#descriptor, bytes, done, count, this.#position);
      this.#position += written;
      done += written;
    }
  }

  copy({ source, offset, length }: ByteRange): void {
    for (let done = 0; done < length; ) {
      const chunk = this.#scratch.subarray(0, Math.min(COPY_BYTES, length - done));
      source.readInto(chunk, offset + done);
      this.write(chunk);
      done += chunk.length;
    }
  }

  /** Goes on at `position`; what lies between reads as zeros. */
  skipTo(position: number): void {
    this.#position = position;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** An array of exactly `size` bytes. */
export class MemoryTarget implements ByteTarget {
  readonly bytes: Uint8Array;
  #position = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  get position(): number {
    return this.#position;
  }

  write(bytes: Uint8Array): void {
    if (this.#position + bytes.length > this.bytes.length)
      throw new DefectError('more bytes were written than measured');
    this.bytes.set(bytes, this.#position);
    this.#position += bytes.length;
  }

  copy({ source, offset, length }: ByteRange): void {
    source.readInto(this.bytes.subarray(this.#position, this.#position + length), offset);
    this.#position += length;
  }

  skipTo(position: number): void {
    this.#position = position;
  }
}
