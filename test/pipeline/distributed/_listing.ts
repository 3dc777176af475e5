/** Listings of buckets, and a bucket that is a folder, for tests of the inbox side. */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeTempDir } from '../../../shared/base/files.ts';
import type { ObjectInfo } from '../../../shared/pipeline/distributed/object-store.ts';
import type { Toolchain } from '../../../shared/pipeline/distributed/toolchain.ts';
import { FolderObjects } from './_folder-objects.ts';

/** 2026-11-28 20:00 UTC. */
export const START = Date.UTC(2026, 10, 28, 20);

/** Objects of three bytes, the first uploaded at {@link START}, each a second after the one before. */
export const listing = (...keys: readonly string[]): ObjectInfo[] =>
  keys.map((key, index) => ({
    key,
    bytes: 3,
    etag: `etag of ${key}`,
    lastModified: new Date(START + index * 1000),
  }));

/** What `latest.json` holds that points to the run of a request. */
export const pointerTo = (
  request: string,
  toolchain: Toolchain = { tool: '1', runtime: 'r', steps: 's' },
): string =>
  JSON.stringify({
    run: 'models/a/runs/1',
    sourceVersion: new Date(START).toISOString(),
    publishedAt: new Date(START).toISOString(),
    verdict: 'ok',
    files: {},
    request,
    jobKey: '1',
    toolchain,
  });

/** A bucket whose objects have the times that the test says. */
export class TestBucket extends FolderObjects {
  constructor() {
    super(makeTempDir('bucket'));
  }

  /** `second` counts from {@link START}. */
  drop(key: string, content: string | Uint8Array, second = 0): void {
    const path = join(this.name, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    utimesSync(path, (START + second * 1000) / 1000, (START + second * 1000) / 1000);
  }
}
