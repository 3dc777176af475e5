/** A remote file of which some chunks are here: whoever reads another fails, and may try again once that was fetched. */
import { LimitError, ToolError } from '../base/errors.ts';
import { checkRange } from './byte-source.ts';
import type { ByteSource } from './stored-tensor.ts';

/** Bytes that come asynchronously. */
export interface RemoteBytes {
  /** For messages. */
  readonly name: string;
  readonly size: number;
  /** Exactly `length` bytes from `offset`. */
  fetch(offset: number, length: number): Promise<Uint8Array>;
}

/** How much may be fetched, of all files that share it. */
export interface Room {
  bytes: number;
}

export interface PartialOptions {
  /** Of what is fetched at a time. */
  readonly chunkBytes: number;
  readonly room: Room;
}

/** What is read one behind the other is fetched in pieces that grow up to so many chunks. */
const MAX_AHEAD = 16;

/** See above. What was fetched is kept, in memory. */
export class PartialSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly #remote: RemoteBytes;
  readonly #chunkBytes: number;
  readonly #room: Room;
  readonly #chunks = new Map<number, Uint8Array>();
  #missing: { readonly first: number; readonly count: number } | undefined;
  #ahead = 1;
  #lastEnd = -1;

  constructor(remote: RemoteBytes, { chunkBytes, room }: PartialOptions) {
    this.name = remote.name;
    this.size = remote.size;
    this.#remote = remote;
    this.#chunkBytes = chunkBytes;
    this.#room = room;
  }

  /** Fetches what the last run lacked first; false when it lacked nothing. */
  async fetchMissing(): Promise<boolean> {
    const missing = this.#missing;
    if (!missing) return false;
    this.#missing = undefined;
    const { first } = missing;
    this.#ahead = first === this.#lastEnd ? Math.min(MAX_AHEAD, this.#ahead * 2) : 1;
    const affordable = Math.floor(this.#room.bytes / this.#chunkBytes);
    const count = Math.max(missing.count, Math.min(this.#ahead, affordable));
    this.#lastEnd = first + count;
    await this.#fetch(first, count);
    return true;
  }

  async #fetch(first: number, count: number): Promise<void> {
    const start = first * this.#chunkBytes;
    const end = Math.min(this.size, (first + count) * this.#chunkBytes);
    const bytes = await this.#remote.fetch(start, end - start);
    if (bytes.length !== end - start)
      throw new ToolError(
        `${bytes.length} bytes of ${this.name} came, and ${end - start} were asked for`,
      );
    this.#room.bytes -= bytes.length;
    for (let at = start; at < end; at += this.#chunkBytes)
      this.#chunks.set(
        at / this.#chunkBytes,
        bytes.subarray(at - start, Math.min(at - start + this.#chunkBytes, end - start)),
      );
  }

  read(offset: number, length: number): Uint8Array {
    // Checked before the memory is asked for (CWE-789).
    checkRange(this, offset, length);
    this.#needs(offset, length);
    const bytes = new Uint8Array(length);
    this.readInto(bytes, offset);
    return bytes;
  }

  readInto(target: Uint8Array, offset: number): void {
    checkRange(this, offset, target.length);
    this.#needs(offset, target.length);
    const size = this.#chunkBytes;
    for (let done = 0; done < target.length; ) {
      const at = offset + done;
      const index = Math.floor(at / size);
      const chunk = this.#chunks.get(index) ?? new Uint8Array();
      const part = chunk.subarray(at - index * size, at - index * size + target.length - done);
      target.set(part, done);
      done += part.length;
    }
  }

  close(): void {}

  /**
   * Whoever catches what is thrown changes nothing: what is missing was noted.
   * @throws LimitError for more than there is room for, which is not fetched
   */
  #needs(offset: number, length: number): void {
    const size = this.#chunkBytes;
    const end = Math.ceil((offset + length) / size);
    for (let first = Math.floor(offset / size); first < end; first++) {
      if (this.#chunks.has(first)) continue;
      const count = end - first;
      if (count * size > this.#room.bytes)
        throw new LimitError(
          `what is to be known of ${this.name} is not found within ${this.#room.bytes} more of its ${this.size} bytes`,
        );
      this.#missing ??= { first, count };
      throw new Error(`${this.name}: chunk ${first} is not here yet`);
    }
  }
}
