/**
 * The store in a bucket:
 *
 *     blobs/sha256/<hex>         immutable bytes (blobs/tree256/<hex> above 1 GB)
 *     steps/<name>/<key>.json    results
 *
 * Safe for any number of writers at once: everything is written on the condition that it is not there yet, and
 * who loses takes what the winner wrote. Files that somebody asks for are kept in a local folder.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Digest } from '../../shared/base/brand.ts';
import { digestBytes, digestFile, digestJson, hexOf } from '../../shared/base/digest.ts';
import { InputError, ToolError } from '../../shared/base/errors.ts';
import { explainReadError, stagingPath } from '../../shared/base/files.ts';
import { PLAIN_DIGEST_MAX_BYTES, TREE_CHUNK_BYTES } from '../../shared/base/limits.ts';
import type { AdoptingStore } from '../../shared/pipeline/distributed/collect-results.ts';
import type { Place } from '../../shared/pipeline/distributed/execution.ts';
import { parseRecord } from '../../shared/pipeline/store/parse-record.ts';
import type { Piece, StepRecord } from '../../shared/pipeline/store/store.ts';
import { joinPieces } from './s3-concat.ts';
import { digestObject } from './s3-digest.ts';
import { downloadObject } from './s3-download.ts';
import { type SentPart, treeOf } from './s3-multipart.ts';
import { S3Objects } from './s3-objects.ts';
import { nameOf, type S3Place } from './s3-place.ts';
import { type CopiedRange, copyWhole, joinRanges, uploadInParts } from './s3-upload.ts';

export interface S3StoreOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Local files of blobs; may be shared by stores of one machine, and emptied between runs. */
  readonly cache: string;
  /** For tests: digests above it are `tree256`. */
  readonly plainMax?: number;
  /** For tests. */
  readonly chunk?: number;
}

/** Larger files stream in parts. */
const ONE_PUT_BYTES = 64 * 1024 * 1024;

/** A blob that was seen is not asked for again for so long: only a sweep of weeks-old objects removes any. */
const SEEN_MS = 60_000;

/** See above. */
export class S3Store implements AdoptingStore {
  readonly name: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #objects: S3Objects;
  readonly #cache: string;
  readonly #plainMax: number;
  readonly #chunk: number;
  readonly #options: S3StoreOptions;
  readonly #elsewhere: ReadonlyMap<Digest, S3Place>;
  readonly #seen = new Map<Digest, number>();
  readonly #fetching = new Map<Digest, Promise<string>>();

  constructor(options: S3StoreOptions, elsewhere: ReadonlyMap<Digest, S3Place> = new Map()) {
    const {
      client,
      bucket,
      cache,
      plainMax = PLAIN_DIGEST_MAX_BYTES,
      chunk = TREE_CHUNK_BYTES,
    } = options;
    this.#options = options;
    this.#elsewhere = elsewhere;
    this.name = `s3://${bucket}`;
    this.#client = client;
    this.#bucket = bucket;
    this.#objects = new S3Objects(client, bucket);
    this.#cache = cache;
    this.#plainMax = plainMax;
    this.#chunk = chunk;
  }

  async readStep(step: string, key: string): Promise<StepRecord | undefined> {
    const found = await this.#objects.get(stepKey(step, key));
    const record = found && parseRecord(Buffer.from(found.bytes).toString());
    if (!record) return undefined;
    const blobs = await Promise.all(record.blobs.map((blob) => this.hasBlob(blob)));
    return blobs.every(Boolean) ? record : undefined;
  }

  async writeStep(record: StepRecord, { replace = false } = {}): Promise<StepRecord> {
    const key = stepKey(record.step, record.key);
    const write = (conditions: { readonly ifNoneMatch?: '*' } = {}) =>
      this.#objects.put(key, `${JSON.stringify(record)}\n`, {
        ...conditions,
        contentType: 'application/json',
      });
    if (await write(replace ? {} : { ifNoneMatch: '*' })) return record;
    const winner = await this.readStep(record.step, record.key);
    if (winner) return winner;
    // There was a record, but unreadable or without its bytes: ours takes its place.
    await write();
    return record;
  }

  async hasBlob(digest: Digest): Promise<boolean> {
    if (Date.now() < (this.#seen.get(digest) ?? 0)) return true;
    const head = await this.#objects.head(blobKey(digest));
    if (head) this.#markSeen(digest);
    return head !== undefined;
  }

  async putBytes(data: Uint8Array | string): Promise<Digest> {
    const digest = digestBytes(data);
    if (!(await this.hasBlob(digest))) await this.#putWhole(digest, data);
    return digest;
  }

  async putFile(path: string): Promise<Digest> {
    const { size } = await stat(path).catch((error: unknown) => {
      throw explainReadError(error, path);
    });
    const digest = await digestFile(path, { plainMax: this.#plainMax, chunk: this.#chunk });
    if (await this.hasBlob(digest)) return digest;
    if (!isTree(digest) && size <= ONE_PUT_BYTES) {
      await this.#putWhole(digest, await readFile(path));
      return digest;
    }
    await uploadInParts(this.#place(blobKey(digest)), path, {
      size,
      conditions: { ifNoneMatch: '*' },
      partBytes: this.#partBytes(digest, size),
      check: (parts) => {
        if (hexOfParts(digest, parts) !== hexOf(digest))
          throw new InputError(`${path} changed while it was taken into the store`);
      },
    });
    this.#markSeen(digest);
    return digest;
  }

  /**
   * Takes in what somebody else wrote under `keys`, one behind the other, if it has the bytes of this digest. S3 computes
   * them. Of several objects each but the last has whole chunks.
   */
  async adopt(digest: Digest, ...keys: readonly string[]): Promise<void> {
    if (await this.hasBlob(digest)) return;
    const staged = await Promise.all(keys.map((key) => this.#staged(key, digest)));
    const [first] = staged;
    if (!first) throw new ToolError(`nothing was written of ${digest}`);
    const refuse = (): never => {
      throw notWhatIsSaid(first.place, digest);
    };
    const size = staged.reduce((sum, { bytes }) => sum + bytes, 0);
    if (size > this.#plainMax !== isTree(digest)) refuse();
    if (size === 0) {
      if (digest !== digestBytes('')) refuse();
      await this.putBytes('');
      return;
    }
    if (staged.length === 1 && !isTree(digest)) {
      await this.#adoptWhole(digest, first.place);
      return;
    }
    const partBytes = this.#partBytes(digest, size);
    const ranges = staged.flatMap(({ place, bytes }): CopiedRange[] =>
      Array.from({ length: Math.ceil(bytes / partBytes) }, (_, index) => {
        const offset = index * partBytes;
        const length = Math.min(partBytes, bytes - offset);
        return { from: place, offset, length, of: bytes };
      }),
    );
    if (ranges.slice(0, -1).some(({ length }) => length !== partBytes)) refuse();
    // Checked before it is completed: nobody ever sees other bytes under this name.
    await joinRanges(
      ranges.map((range) => [range]),
      this.#place(blobKey(digest)),
      {
        conditions: { ifNoneMatch: '*' },
        isCopied: () => true,
        check: (parts) => {
          if (hexOfParts(digest, parts) !== hexOf(digest)) refuse();
        },
      },
    );
    this.#markSeen(digest);
  }

  /** By way of a key that nobody else knows: what S3 computed of its bytes holds for those that are copied from it. */
  async #adoptWhole(digest: Digest, staged: S3Place): Promise<void> {
    const seen = `work/seen/${randomUUID()}`;
    const copied = await copyWhole(staged, this.#place(seen));
    if (hexOfParts(digest, [copied]) !== hexOf(digest)) throw notWhatIsSaid(staged, digest);
    await this.#objects.copy(seen, blobKey(digest), { ifNoneMatch: '*' });
    this.#markSeen(digest);
  }

  async #staged(key: string, digest: Digest): Promise<FoundBlob> {
    const place = this.#place(key);
    const head = await this.#objects.head(key);
    if (!head) throw new ToolError(`there is no ${nameOf(place)}, which is said to be ${digest}`);
    return { place, bytes: head.bytes };
  }

  /** Of an object of any bucket, of `bytes`; S3 computes it, and nothing is read or kept. */
  digestOf({
    bytes,
    ...address
  }: Omit<S3Place, 'client'> & { readonly bytes: number }): Promise<Digest> {
    const scratch = this.#place(`work/digests/${hexOf(digestJson(address))}`);
    const options = { plainMax: this.#plainMax, chunk: this.#chunk };
    return digestObject({ ...address, client: this.#client }, bytes, scratch, options);
  }

  async concat(pieces: readonly Piece[]): Promise<Digest> {
    const [only] = pieces;
    const whole =
      pieces.length === 1 && only?.offset === 0 ? await this.#findBlob(only.digest) : undefined;
    if (only && whole?.bytes === only.length) return only.digest;
    const { digest, place } = await joinPieces(pieces, {
      placeOf: (key) => this.#place(key),
      find: (piece) => this.#find(piece),
      plainMax: this.#plainMax,
      chunk: this.#chunk,
    });
    await this.adopt(digest, place.key);
    return digest;
  }

  async copyTo(digest: Digest, key: string): Promise<void> {
    await this.#objects.copy(blobKey(digest), key, {
      ifNoneMatch: '*',
      contentType: 'application/octet-stream',
    });
  }

  beside(files: ReadonlyMap<Digest, Place>): S3Store {
    const places = [...files].map(([digest, { bucket, key, versionId }]): [Digest, S3Place] => {
      const place = { client: this.#client, bucket, key };
      return [digest, versionId === undefined ? place : { ...place, versionId }];
    });
    return new S3Store(this.#options, new Map(places));
  }

  async #find(digest: Digest): Promise<FoundBlob | undefined> {
    const blob = await this.#findBlob(digest);
    const place = this.#elsewhere.get(digest);
    if (blob || !place) return blob;
    const { client, bucket, key, ...version } = place;
    const head = await new S3Objects(client, bucket).head(key, version);
    return head && { place, bytes: head.bytes };
  }

  async #findBlob(digest: Digest): Promise<FoundBlob | undefined> {
    const head = await this.#objects.head(blobKey(digest));
    return head && { place: this.#place(blobKey(digest)), bytes: head.bytes };
  }

  async pathOf(digest: Digest): Promise<string> {
    const running = this.#fetching.get(digest);
    if (running) return running;
    const fetching = this.#fetch(digest).finally(() => this.#fetching.delete(digest));
    this.#fetching.set(digest, fetching);
    return fetching;
  }

  /** Verified as it lies on the disk. */
  async #fetch(digest: Digest): Promise<string> {
    const path = join(this.#cache, kindOf(digest), hexOf(digest));
    if ((await stat(path).catch(() => undefined))?.isFile()) return path;
    if (!(await this.hasBlob(digest)))
      throw new InputError(`the store ${this.name} does not hold ${digest}`, {
        hint: 'It may have been cleaned meanwhile; start the job again.',
      });
    const staged = stagingPath(path);
    await mkdir(dirname(path), { recursive: true });
    try {
      await downloadObject(this.#place(blobKey(digest)), staged);
      const found = await digestFile(staged, { plainMax: this.#plainMax, chunk: this.#chunk });
      if (found !== digest)
        throw new ToolError(`${nameOf(this.#place(blobKey(digest)))} holds the bytes of ${found}`);
      await rename(staged, path);
    } finally {
      await rm(staged, { force: true });
    }
    return path;
  }

  async #putWhole(digest: Digest, data: Uint8Array | string): Promise<void> {
    // S3 refuses the bytes if they are not those that were hashed.
    const sha256 = Buffer.from(hexOf(digest), 'hex').toString('base64');
    await this.#objects.put(blobKey(digest), data, { ifNoneMatch: '*', sha256 });
    this.#markSeen(digest);
  }

  #markSeen(digest: Digest): void {
    this.#seen.set(digest, Date.now() + SEEN_MS);
  }

  /** Parts whose checksums give the digest: the chunks of `tree256`, or all of it at once. */
  #partBytes(digest: Digest, size: number): number {
    return isTree(digest) ? this.#chunk : Math.max(1, size);
  }

  #place(key: string): S3Place {
    return { client: this.#client, bucket: this.#bucket, key };
  }
}

interface FoundBlob {
  readonly place: S3Place;
  readonly bytes: number;
}

/** Where a blob lies. */
export const blobKey = (digest: Digest): string => `blobs/${kindOf(digest)}/${hexOf(digest)}`;

const stepKey = (step: string, key: string): string => `steps/${step}/${key}.json`;

const kindOf = (digest: Digest): string => digest.slice(0, digest.indexOf(':'));

const isTree = (digest: Digest): boolean => kindOf(digest) === 'tree256';

/** What the parts' checksums say, as `digest` would say it. */
function hexOfParts(digest: Digest, parts: readonly SentPart[]): string {
  const [only] = parts;
  if (isTree(digest)) return treeOf(parts).toString('hex');
  return parts.length === 1 && only ? Buffer.from(only.sha256, 'base64').toString('hex') : '';
}

const notWhatIsSaid = (place: S3Place, digest: Digest): ToolError =>
  new ToolError(`${nameOf(place)} is said to be ${digest}, and is not`);
