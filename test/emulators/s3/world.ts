/** All that the server knows, and the one way in which objects come and go. */
import type { Bodies, Body } from './bodies.ts';
import type { Bucket, DeleteMarker, ObjectVersion, Version } from './buckets.ts';
import { checkWrite, type WriteConditions } from './conditions.ts';
import { noSuchBucket } from './errors.ts';
import { type Cause, type ObjectEvent, objectCreated, objectDeleted } from './events.ts';
import type { Upload } from './uploads.ts';

/** Limits that tests may lower. */
export interface Limits {
  /** Only the last part may be smaller. */
  readonly minPartBytes: number;
  /** Keys of a page, at most. */
  readonly maxPage: number;
}

/** S3's own. */
export const LIMITS: Limits = { minPartBytes: 5 * 2 ** 20, maxPage: 1000 };

export interface WorldOptions {
  readonly limits: Limits;
  readonly region: string;
  readonly account: string;
  readonly bodies: Bodies;
  readonly onEvent: (event: ObjectEvent) => void;
}

export class World {
  readonly region: string;
  readonly account: string;
  readonly bodies: Bodies;
  readonly limits: Limits;
  readonly buckets = new Map<string, Bucket>();
  readonly uploads = new Map<string, Upload>();
  readonly #onEvent: (event: ObjectEvent) => void;
  #sequence = 0;

  constructor({ region, account, bodies, limits, onEvent }: WorldOptions) {
    this.region = region;
    this.account = account;
    this.bodies = bodies;
    this.limits = limits;
    this.#onEvent = onEvent;
  }

  /** @throws S3Error when there is none. */
  bucket(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (!bucket) throw noSuchBucket(name);
    return bucket;
  }

  /** Makes an object's new version, unless a condition forbids it: at one stroke, as no request comes between. */
  put(
    bucket: Bucket,
    draft: Omit<ObjectVersion, 'kind' | 'versionId' | 'modified'>,
    conditions: WriteConditions,
    cause: Cause,
  ): ObjectVersion {
    checkWrite(conditions, bucket, draft.key);
    const version: ObjectVersion = {
      ...draft,
      kind: 'object',
      versionId: bucket.nextVersionId(),
      modified: new Date(),
    };
    for (const replaced of bucket.add(version)) this.#forget(replaced);
    this.#onEvent(objectCreated(this, bucket, version, this.#next(), cause));
    return version;
  }

  /** Deletes as S3 does: a version for good, or by a marker where versions are kept. */
  delete(
    bucket: Bucket,
    key: string,
    versionId: string | undefined,
    cause: Cause,
  ): Version | undefined {
    if (versionId === undefined && bucket.versioning !== undefined) {
      const marker: DeleteMarker = {
        kind: 'marker',
        key,
        versionId: bucket.nextVersionId(),
        modified: new Date(),
      };
      for (const replaced of bucket.add(marker)) this.#forget(replaced);
      this.#onEvent(objectDeleted(this, bucket, marker, this.#next(), cause));
      return marker;
    }
    const removed = bucket.remove(key, versionId ?? 'null');
    if (!removed) return undefined;
    this.#forget(removed);
    this.#onEvent(objectDeleted(this, bucket, removed, this.#next(), cause));
    return removed;
  }

  /** Ends an upload; its parts go, but for those whose bodies live on. */
  endUpload(upload: Upload, kept: ReadonlySet<Body> = new Set()): void {
    this.uploads.delete(upload.id);
    for (const { body } of upload.parts.values()) if (!kept.has(body)) this.bodies.release(body);
  }

  #forget(version: Version): void {
    if (version.kind === 'object') this.bodies.release(version.body);
  }

  /** Later is greater, as text. */
  #next(): string {
    return (++this.#sequence).toString(16).toUpperCase().padStart(18, '0');
  }
}
