/** Buckets: keys, their versions, and what each version is. All of it in memory but the bytes. */
import { randomBytes } from 'node:crypto';
import type { Body } from './bodies.ts';
import type { Checksum } from './checksums.ts';
import { SortedKeys } from './sorted-keys.ts';

/** One part of what a multipart upload made. */
export interface PartInfo {
  readonly number: number;
  readonly size: number;
}

/** A version with bytes. */
export interface ObjectVersion {
  readonly kind: 'object';
  readonly key: string;
  readonly versionId: string;
  readonly modified: Date;
  readonly body: Body;
  /** Without quotes. */
  readonly etag: string;
  readonly checksum: Checksum | undefined;
  /** Headers that come back with it: metadata, type, … */
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: readonly PartInfo[] | undefined;
}

/** A version that says: deleted. */
export interface DeleteMarker {
  readonly kind: 'marker';
  readonly key: string;
  readonly versionId: string;
  readonly modified: Date;
}

export type Version = ObjectVersion | DeleteMarker;

/** The version of what was written while versions were not kept. */
export const NULL_VERSION = 'null';

export type Versioning = 'Enabled' | 'Suspended' | undefined;

export class Bucket {
  readonly name: string;
  readonly created = new Date();
  readonly keys = new SortedKeys();
  versioning: Versioning;
  /** Oldest first. */
  readonly #versions = new Map<string, readonly Version[]>();

  constructor(name: string, versioning?: Versioning) {
    this.name = name;
    this.versioning = versioning;
  }

  get isEmpty(): boolean {
    return this.#versions.size === 0;
  }

  /** Oldest first. */
  versionsOf(key: string): readonly Version[] {
    return this.#versions.get(key) ?? [];
  }

  /** The version, or the newest. */
  find(key: string, versionId?: string): Version | undefined {
    const versions = this.versionsOf(key);
    if (versionId === undefined) return versions.at(-1);
    return versions.find((version) => version.versionId === versionId);
  }

  /** The newest version if it has bytes. */
  current(key: string): ObjectVersion | undefined {
    const newest = this.find(key);
    return newest?.kind === 'object' ? newest : undefined;
  }

  /** The id that the next version gets. */
  nextVersionId(): string {
    return this.versioning === 'Enabled' ? randomBytes(24).toString('base64url') : NULL_VERSION;
  }

  /** Adds a version; gives those whose place it takes. */
  add(version: Version): readonly Version[] {
    const before = this.versionsOf(version.key);
    const isReplaced = (old: Version): boolean => old.versionId === version.versionId;
    this.#versions.set(version.key, [...before.filter((old) => !isReplaced(old)), version]);
    this.keys.add(version.key);
    return before.filter(isReplaced);
  }

  /** Takes a version out for good. */
  remove(key: string, versionId: string): Version | undefined {
    const removed = this.find(key, versionId);
    const left = this.versionsOf(key).filter((version) => version !== removed);
    if (left.length > 0) this.#versions.set(key, left);
    else {
      this.#versions.delete(key);
      this.keys.delete(key);
    }
    return removed;
  }
}
