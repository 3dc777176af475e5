/** Files above 1 GB come into the store as their chunks, and are put together there: nobody reads them for that. */
import { InputError, LimitError } from '../../base/errors.ts';
import { TREE_CHUNK_BYTES } from '../../base/limits.ts';
import type { Store } from '../store/store.ts';
import { atOnce } from '../together.ts';
import type { ComparedBlob, ComparisonRequest } from './comparison.ts';

/** `chunk` exists for tests. @throws LimitError for a chunk that is gone, InputError for one that is none of the file */
export async function joinChunks(
  { base, head, data }: Pick<ComparisonRequest, 'base' | 'head' | 'data'>,
  store: Pick<Store, 'hasBlob' | 'concat'>,
  chunk: number = TREE_CHUNK_BYTES,
): Promise<void> {
  for (const file of [...(base?.files ?? []), ...head.files, ...data])
    if (file.chunks && !(await store.hasBlob(file.digest))) await join(file, store, chunk);
}

async function join(
  { path, digest, bytes, chunks = [] }: ComparedBlob,
  store: Pick<Store, 'hasBlob' | 'concat'>,
  size: number,
): Promise<void> {
  const there = await atOnce(chunks.map((chunk) => () => store.hasBlob(chunk)));
  // No fault of the input, which would be told for ever: asked for again, it is uploaded again.
  if (!there.every(Boolean))
    throw new LimitError(`a part of ${path} was removed from the store meanwhile`, {
      hint: 'Ask for the comparison again, and upload what it needs.',
    });
  const joined = await store.concat(
    chunks.map((chunk, index) => ({
      digest: chunk,
      offset: 0,
      length: Math.min(size, bytes - index * size),
    })),
  );
  if (joined !== digest)
    throw new InputError(`the chunks of ${path} are those of ${joined}, not of ${digest}`, {
      where: path,
    });
}
