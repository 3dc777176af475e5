/** A file of a job as an object of a bucket. */
import type { Digest } from '../../base/brand.ts';
import { InputError, ToolError } from '../../base/errors.ts';
import type { ReadableObjects } from './object-store.ts';
import type { RemoteFile } from './remote-folder.ts';

/** Which object it is. */
export interface RemoteObject {
  readonly key: string;
  readonly versionId?: string | undefined;
  /** What it has to be, where that is known: ranges of two objects are no file. */
  readonly etag?: string;
  readonly bytes: number;
}

/** `path` is relative to the folder of the job; `digest` is asked for when it is wanted. */
export function remoteObject(
  { key, versionId, etag, bytes }: RemoteObject,
  objects: ReadableObjects,
  path: string,
  digest: () => Promise<Digest>,
): RemoteFile {
  const version = versionId === undefined ? {} : { versionId };
  const fetch = async (offset: number, length: number): Promise<Uint8Array> => {
    const found = await objects.get(key, { ...version, range: [offset, length] });
    if (!found) throw new InputError(`there is no ${objects.name}/${key}`);
    const isAnother = etag !== undefined && found.info.etag !== etag;
    if (isAnother || found.bytes.length !== length)
      throw new ToolError(`${objects.name}/${key} was replaced while it was read`);
    return found.bytes;
  };
  return { path, bytes, fetch, digest, download: (to) => objects.download(key, to, version) };
}
