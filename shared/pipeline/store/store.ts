/**
 * The store port: immutable bytes by digest, and results of steps by key. Two adapters: a folder
 * ({@link FolderStore}), and S3 in `functions/adapters`. Both pass `test/contracts/store.ts`.
 */
import type { Digest } from '../../base/brand.ts';

/** What a step gave, as the store keeps it. */
export interface StepRecord {
  readonly step: string;
  readonly version: number;
  readonly key: string;
  /** JSON; its schema is the step's. */
  readonly output: unknown;
  /** Bytes that the output names. A record whose bytes are gone counts as absent. */
  readonly blobs: readonly Digest[];
  /** What it took, so that plans can estimate. */
  readonly seconds: number;
}

/** Some bytes of a blob. */
export interface Piece {
  readonly digest: Digest;
  readonly offset: number;
  readonly length: number;
}

export interface Store {
  /** For messages: a path or an address. */
  readonly name: string;
  readStep(step: string, key: string): Promise<StepRecord | undefined>;
  /**
   * Writes the record unless there is one, and gives the one that is there afterwards: of racing
   * writers one wins and all go on with its result. `replace` is for measurements made afresh.
   */
  writeStep(record: StepRecord, options?: { readonly replace?: boolean }): Promise<StepRecord>;
  hasBlob(digest: Digest): Promise<boolean>;
  putBytes(data: Uint8Array | string): Promise<Digest>;
  /** Takes a file in (a copy; the file stays). */
  putFile(path: string): Promise<Digest>;
  /**
   * One blob of the bytes of several, one behind the other, without moving them through this process where the store
   * can do that itself. Pieces begin in it at multiples of 64 MiB, so that a store may put it together of such chunks.
   * Throws {@link InputError} when a blob is missing, or shorter than its piece says.
   */
  concat(pieces: readonly Piece[]): Promise<Digest>;
  /** A local file with the bytes, not to be changed. Throws {@link InputError} when there are none. */
  pathOf(digest: Digest): Promise<string>;
}
