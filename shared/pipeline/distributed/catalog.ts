/** The models of an outbox, by what lies there. */
import { InputError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import { POINTERS, type PointerName, readModelKey } from './model-keys.ts';
import type { ObjectStore } from './object-store.ts';
import { type Pointer, pointerKey, readPointer } from './pointers.ts';

export interface CatalogEntry {
  readonly name: string;
  readonly latest?: Pointer;
  readonly candidate?: Pointer;
  /** Folders of runs, those of failed jobs among them. */
  readonly runs: number;
  readonly failed: number;
  /** Of all runs. */
  readonly bytes: number;
}

/** Pointers are small, and there may be ten thousand models: so many are read at once. */
const READ_AT_ONCE = 32;

/** Every model that has a run or a pointer, by name. */
export async function listCatalog(objects: ObjectStore): Promise<CatalogEntry[]> {
  const found = new Map<string, Found>();
  const at = (name: string): Found => {
    const known = found.get(name) ?? {
      runs: new Set(),
      failed: new Set(),
      bytes: 0,
      keys: new Set(),
    };
    found.set(name, known);
    return known;
  };
  for await (const { key, bytes } of objects.list('models/')) {
    const read = readModelKey(key);
    if (!read) continue;
    const model = at(read.name);
    if (read.kind === 'pointer') model.keys.add(key);
    else {
      model.runs.add(read.id);
      model.bytes += bytes;
      if (read.file === 'error.json') model.failed.add(read.id);
    }
  }
  const entries: CatalogEntry[] = [];
  const names = [...found.keys()].toSorted();
  for (let start = 0; start < names.length; start += READ_AT_ONCE) {
    const some = names.slice(start, start + READ_AT_ONCE);
    entries.push(...(await Promise.all(some.map((name) => entryOf(objects, name, at(name))))));
  }
  return entries;
}

interface Found {
  readonly runs: Set<string>;
  readonly failed: Set<string>;
  /** Of its pointers. */
  readonly keys: Set<string>;
  bytes: number;
}

async function entryOf(
  objects: ObjectStore,
  name: string,
  { runs, failed, keys, bytes }: Found,
): Promise<CatalogEntry> {
  const pointers: { [Name in PointerName]?: Pointer } = {};
  for (const pointer of POINTERS) {
    if (!keys.has(pointerKey(name, pointer))) continue;
    const read = await readPointer(objects, name, pointer);
    if (read) pointers[pointer] = read.pointer;
  }
  return { name, ...pointers, runs: runs.size, failed: failed.size, bytes };
}

/** What to tell whoever names a model that is not there: the nearest that are. */
export async function noSuchModel(objects: ObjectStore, name: string): Promise<InputError> {
  const names = (await listCatalog(objects)).map((model) => model.name);
  // People leave out the prefix that a model was uploaded under.
  const ending = names.filter((other) => other.endsWith(`/${name}`));
  const meant =
    ending[0] === undefined ? didYouMean(name, names) : ` (did you mean "${ending[0]}"?)`;
  return new InputError(`there is no model "${name}" in ${objects.name}${meant}`, {
    hint:
      names.length === 0
        ? 'Nothing was published there yet.'
        : `It has ${names.length === 1 ? 'one model' : `${names.length} models`}: see them with fettle remote list.`,
  });
}
