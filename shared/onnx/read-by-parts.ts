/**
 * Synchronous readers over bytes that come asynchronously: a header is read from a remote file by the ranges that the
 * reader asks for. It runs again from its beginning whenever something is not here yet, which costs milliseconds where
 * a fetch costs tens of them; so every reader works, and none knows.
 */
import { LimitError } from '../base/errors.ts';
import { checkRange } from './byte-source.ts';
import type { ByteSource } from './stored-tensor.ts';

/** One fetch: a hundred small headers of tensors, or what is wasted on one between large weights. */
const CHUNK_BYTES = 256 * 1024;

/** Fetched before it is given up: a graph of this size is larger than any that is read (CWE-770). */
const MAX_FETCHED_BYTES = 256 * 1024 * 1024;

export interface RemoteBytes {
  /** For messages. */
  readonly name: string;
  readonly size: number;
  /** Exactly `length` bytes from `offset`. */
  fetch(offset: number, length: number): Promise<Uint8Array>;
}

/**
 * What `read` gives, of a remote file. It must not keep the source, nor have effects: it is called many times.
 * @throws what `read` throws once all that it asked for is here; LimitError when that is more than `maxBytes`
 */
export async function readByParts<T>(
  remote: RemoteBytes,
  read: (source: ByteSource) => T,
  { chunkBytes = CHUNK_BYTES, maxBytes = MAX_FETCHED_BYTES } = {},
): Promise<T> {
  const source = new PartialSource(remote, chunkBytes);
  // What follows directly is fetched in larger and larger pieces.
  let ahead = 1;
  let lastEnd = -1;
  for (;;) {
    const outcome = attempt(() => read(source));
    const missing = source.takeMissing();
    if (!missing) {
      if ('error' in outcome) throw outcome.error;
      return outcome.value;
    }
    ahead = missing.first === lastEnd ? Math.min(16, ahead * 2) : 1;
    const chunks = Math.max(missing.count, ahead);
    lastEnd = missing.first + chunks;
    if (source.heldBytes + chunks * chunkBytes > maxBytes)
      throw new LimitError(
        `the header of ${remote.name} is not read within ${maxBytes} bytes of its ${remote.size}`,
      );
    await source.fetch(missing.first, chunks);
  }
}

function attempt<T>(run: () => T): { readonly value: T } | { readonly error: unknown } {
  try {
    return { value: run() };
  } catch (error) {
    return { error };
  }
}

/** A file of which some chunks are here. */
class PartialSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly #remote: RemoteBytes;
  readonly #chunkBytes: number;
  readonly #chunks = new Map<number, Uint8Array>();
  #missing: { first: number; count: number } | undefined;

  constructor(remote: RemoteBytes, chunkBytes: number) {
    this.name = remote.name;
    this.size = remote.size;
    this.#remote = remote;
    this.#chunkBytes = chunkBytes;
  }

  get heldBytes(): number {
    return this.#chunks.size * this.#chunkBytes;
  }

  /** What the last run lacked first. */
  takeMissing(): { readonly first: number; readonly count: number } | undefined {
    const missing = this.#missing;
    this.#missing = undefined;
    return missing;
  }

  async fetch(first: number, count: number): Promise<void> {
    const start = first * this.#chunkBytes;
    const end = Math.min(this.size, (first + count) * this.#chunkBytes);
    const bytes = await this.#remote.fetch(start, end - start);
    for (let at = start; at < end; at += this.#chunkBytes)
      this.#chunks.set(
        at / this.#chunkBytes,
        bytes.subarray(at - start, Math.min(at - start + this.#chunkBytes, end - start)),
      );
  }

  read(offset: number, length: number): Uint8Array {
    // Checked before the memory is asked for (CWE-789).
    checkRange(this, offset, length);
    const bytes = new Uint8Array(length);
    this.readInto(bytes, offset);
    return bytes;
  }

  readInto(target: Uint8Array, offset: number): void {
    checkRange(this, offset, target.length);
    const size = this.#chunkBytes;
    for (let done = 0; done < target.length; ) {
      const at = offset + done;
      const index = Math.floor(at / size);
      const chunk = this.#chunks.get(index);
      if (!chunk) throw this.#lack(index, Math.ceil((offset + target.length) / size) - index);
      const part = chunk.subarray(at - index * size, at - index * size + target.length - done);
      target.set(part, done);
      done += part.length;
    }
  }

  close(): void {}

  /** Whoever catches it on the way changes nothing: what is missing was noted. */
  #lack(first: number, count: number): Error {
    this.#missing ??= { first, count };
    return new Error(`${this.name}: chunk ${first} is not here yet`);
  }
}
