/**
 * Objects under keys with conditional writes: what runs, pointers, requests and shards are kept in. The adapter is a
 * bucket (`functions/adapters/s3-objects.ts`); it and what tests have instead pass `test/contracts/object-store.ts`.
 */

/** What is known of an object without its bytes. */
export interface ObjectInfo {
  readonly key: string;
  readonly bytes: number;
  /** Changes with the content; for conditions. */
  readonly etag: string;
  readonly lastModified: Date;
  readonly versionId?: string;
}

export interface PutConditions {
  /** Only where there is nothing. */
  readonly ifNoneMatch?: '*';
  /** Only in the place of this very object. */
  readonly ifMatch?: string;
}

export interface ListOptions {
  /** Only objects whose key has it nowhere behind the prefix. */
  readonly delimiter?: string;
  readonly startAfter?: string;
}

export interface ObjectStore {
  /** For messages: `s3://bucket` or a path. */
  readonly name: string;
  head(key: string, options?: { readonly versionId?: string }): Promise<ObjectInfo | undefined>;
  /** `undefined` when there is none. `range`: offset and length. */
  get(
    key: string,
    options?: {
      readonly range?: readonly [offset: number, length: number];
      readonly versionId?: string;
    },
  ): Promise<{ readonly bytes: Uint8Array; readonly info: ObjectInfo } | undefined>;
  /** Into a file that is not there yet, streamed. @throws InputError when there is no such object */
  download(key: string, path: string, options?: { readonly versionId?: string }): Promise<void>;
  /** `undefined`: the condition did not hold, and nothing was written. */
  put(
    key: string,
    data: Uint8Array | string,
    conditions?: PutConditions & { readonly contentType?: string },
  ): Promise<{ readonly etag: string } | undefined>;
  /** A file, streamed. `undefined` as with {@link put}. */
  upload(
    key: string,
    path: string,
    conditions?: PutConditions & { readonly contentType?: string },
  ): Promise<{ readonly etag: string } | undefined>;
  /** In the order of their keys (UTF-8); pages are fetched as they are read. */
  list(prefix: string, options?: ListOptions): AsyncIterable<ObjectInfo>;
  copy(
    from: string,
    to: string,
    conditions?: PutConditions,
  ): Promise<{ readonly etag: string } | undefined>;
  /** Nothing happens where there is none. */
  delete(keys: readonly string[]): Promise<void>;
}

/** What it takes to look at objects. */
export type ReadableObjects = Pick<ObjectStore, 'name' | 'get' | 'download'>;
