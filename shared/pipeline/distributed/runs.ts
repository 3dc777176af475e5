/** The runs of a model in the outbox. */
import { POINTERS, RUN_ID } from './model-keys.ts';
import type { ObjectStore } from './object-store.ts';
import { modelPrefix, readPointer } from './pointers.ts';

export interface StoredRun {
  /** Key of its folder, without the `/` at its end. */
  readonly key: string;
  readonly bytes: number;
  /** When its last file was written. */
  readonly publishedAt: Date;
  /** Whether it is whole: the manifest is written last. */
  readonly isWhole: boolean;
  readonly objects: readonly string[];
}

/** What follows `runs/` in a key. Nothing else there is a run: a model may be called `a/runs`. */
const RUN_NAME = new RegExp(`^${RUN_ID.source}$`);

/** From the newest. */
export async function listRuns(objects: ObjectStore, model: string): Promise<StoredRun[]> {
  const prefix = `${modelPrefix(model)}runs/`;
  const runs = new Map<string, { bytes: number; publishedAt: Date; objects: string[] }>();
  for await (const { key, bytes, lastModified } of objects.list(prefix)) {
    const run = key.slice(0, Math.max(0, key.indexOf('/', prefix.length)));
    if (!RUN_NAME.test(run.slice(prefix.length))) continue;
    const known = runs.get(run) ?? { bytes: 0, publishedAt: lastModified, objects: [] };
    known.bytes += bytes;
    if (lastModified > known.publishedAt) known.publishedAt = lastModified;
    known.objects.push(key);
    runs.set(run, known);
  }
  return [...runs]
    .map(([key, run]) => ({ key, ...run, isWhole: run.objects.includes(`${key}/manifest.json`) }))
    .toSorted((a, b) => b.publishedAt.getTime() - a.publishedAt.getTime());
}

/** Removes all but the newest and those that are pointed to. */
export async function dropOldRuns(
  objects: ObjectStore,
  model: string,
  keep: number,
): Promise<void> {
  const used = new Set<string>();
  for (const name of POINTERS) {
    const found = await readPointer(objects, model, name);
    if (found) used.add(found.pointer.run);
  }
  const old = (await listRuns(objects, model)).slice(keep).filter(({ key }) => !used.has(key));
  for (const run of old) await objects.delete(run.objects);
}
