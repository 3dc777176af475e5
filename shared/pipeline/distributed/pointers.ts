/**
 * Which run of a model is the one to use: `latest.json`, and `candidate.json` for one that waits for a person. Runs
 * never change; a pointer moves by compare-and-swap, forward in the order of uploads, and never by itself past a
 * broken budget.
 */
import { z } from 'zod';
import { InputError, ToolError } from '../../base/errors.ts';
import type { PointerName } from './model-keys.ts';
import type { ObjectStore } from './object-store.ts';
import { readJson } from './read-json.ts';
import { toolchainSchema } from './toolchain.ts';

const VERDICTS = ['ok', 'regressed', 'inconclusive', 'failed'] as const;

export const pointerSchema = z.object({
  /** Key of the run's folder, without the `/` at its end. */
  run: z.string(),
  /** ISO 8601; later uploads are later versions. */
  sourceVersion: z.string(),
  publishedAt: z.string(),
  verdict: z.enum(VERDICTS),
  /** `<variant>.<target>` → key. */
  files: z.record(z.string(), z.string()),
  /** What asked for it, and with what it was made: a schedule looks at these. */
  request: z.string(),
  jobKey: z.string(),
  toolchain: toolchainSchema,
});
export type Pointer = z.infer<typeof pointerSchema>;

export const modelPrefix = (model: string): string => `models/${model}/`;
export const pointerKey = (model: string, name: PointerName): string =>
  `${modelPrefix(model)}${name}.json`;

/** A pointer and the etag to replace it by. `undefined`: there is none. @throws when it is not one of ours */
export async function readPointer(
  objects: ObjectStore,
  model: string,
  name: PointerName,
): Promise<{ readonly pointer: Pointer; readonly etag: string } | undefined> {
  const found = await readJson(objects, pointerKey(model, name), pointerSchema);
  return found && { pointer: found.value, etag: found.info.etag };
}

/** Whether the run of `next` may take the place of the run of `former` by itself. */
export type MayReplace = (former: Pointer) => Promise<boolean>;

/** Where a run came to: in use, waiting for a person, or later than its turn. */
export type Placing = PointerName | 'superseded';

/** Races are lost a few times at most: each loser sees a later version or a budget. */
const ATTEMPTS = 20;

/**
 * Points to a new run: from `latest` where that is older and `mayReplace` agrees, else from `candidate` where that
 * is older.
 */
export async function point(
  objects: ObjectStore,
  model: string,
  next: Pointer,
  mayReplace: MayReplace,
): Promise<Placing> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const latest = await readPointer(objects, model, 'latest');
    if (latest && !isForward(latest.pointer, next)) return placedAs(latest.pointer, next, 'latest');
    const name: PointerName =
      !latest || (await mayReplace(latest.pointer)) ? 'latest' : 'candidate';
    const former = name === 'latest' ? latest : await readPointer(objects, model, name);
    if (former && !isForward(former.pointer, next)) return placedAs(former.pointer, next, name);
    if (await swap(objects, model, name, next, former?.etag)) return name;
  }
  throw new ToolError(`${pointerKey(model, 'latest')} was moved by others again and again`);
}

/** Uses what waits. @throws InputError when nothing does, or what is used now was uploaded later */
export async function promote(objects: ObjectStore, model: string): Promise<Pointer> {
  const candidate = await readPointer(objects, model, 'candidate');
  if (!candidate)
    throw new InputError(`${model} has no candidate`, {
      hint: `See what there is with: fettle remote list ${model}`,
    });
  const latest = await readPointer(objects, model, 'latest');
  if (latest && candidate.pointer.sourceVersion < latest.pointer.sourceVersion)
    throw new InputError(
      `the candidate of ${model} is of an upload before the one in use (${candidate.pointer.sourceVersion}, ${latest.pointer.sourceVersion})`,
      { hint: 'To go back to it, name it: fettle remote rollback … --to RUN.' },
    );
  if (!(await swap(objects, model, 'latest', candidate.pointer, latest?.etag))) throw moved(model);
  await objects.delete([pointerKey(model, 'candidate')]);
  return candidate.pointer;
}

/** Uses an earlier run again. @throws InputError when it has none of that name */
export async function rollback(
  objects: ObjectStore,
  model: string,
  run: Pointer,
): Promise<Pointer> {
  const latest = await readPointer(objects, model, 'latest');
  // Later uploads still come after it: its own version stays what it was when it was uploaded.
  const pointer = { ...run, sourceVersion: latest?.pointer.sourceVersion ?? run.sourceVersion };
  if (!(await swap(objects, model, 'latest', pointer, latest?.etag))) throw moved(model);
  return pointer;
}

const moved = (model: string): InputError =>
  new InputError(`${pointerKey(model, 'latest')} was moved meanwhile`, { hint: 'Look again.' });

const isForward = (from: Pointer, to: Pointer): boolean =>
  to.sourceVersion > from.sourceVersion ||
  (to.sourceVersion === from.sourceVersion && to.run !== from.run);

const placedAs = (there: Pointer, own: Pointer, name: PointerName): Placing =>
  there.run === own.run ? name : 'superseded';

async function swap(
  objects: ObjectStore,
  model: string,
  name: PointerName,
  pointer: Pointer,
  etag: string | undefined,
): Promise<boolean> {
  const text = `${JSON.stringify(pointer, null, 2)}\n`;
  const condition = etag === undefined ? { ifNoneMatch: '*' as const } : { ifMatch: etag };
  const options = { ...condition, contentType: 'application/json' };
  return (await objects.put(pointerKey(model, name), text, options)) !== undefined;
}
