/**
 * Synchronous readers over bytes that come asynchronously: a header is read from a remote file by the ranges that the
 * reader asks for. It runs again from its beginning whenever something is not here yet, which costs milliseconds where
 * a fetch costs tens of them; so every reader works, and none knows.
 */
import { PartialSource, type RemoteBytes } from './partial-source.ts';
import type { ByteSource } from './stored-tensor.ts';

/** One fetch: a hundred small headers of tensors, or what is wasted on one between large weights. */
const CHUNK_BYTES = 256 * 1024;

/** Fetched before it is given up: a graph of this size is larger than any that is read (CWE-770). */
const MAX_FETCHED_BYTES = 256 * 1024 * 1024;

/**
 * What `read` gives, of a remote file. It must not keep the source, nor have effects: it is called many times.
 * @throws what `read` throws once all that it asked for is here; LimitError when that is more than `maxBytes`
 */
export async function readByParts<T>(
  remote: RemoteBytes,
  read: (source: ByteSource) => T,
  { chunkBytes = CHUNK_BYTES, maxBytes = MAX_FETCHED_BYTES } = {},
): Promise<T> {
  const source = new PartialSource(remote, { chunkBytes, room: { bytes: maxBytes } });
  for (;;) {
    const outcome = attempt(() => read(source));
    if (await source.fetchMissing()) continue;
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }
}

function attempt<T>(run: () => T): { readonly value: T } | { readonly error: unknown } {
  try {
    return { value: run() };
  } catch (error) {
    return { error };
  }
}
