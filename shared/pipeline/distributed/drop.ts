/** What lies in a prefix of the inbox: models, data and a configuration, told by keys; see `look-inside.ts` for bytes. */
import { CONFIG_NAMES } from '../config/read-config.ts';
import { nearData, ownData } from '../project/data-beside.ts';
import { mayBeData, mayBeModel } from '../project/file-kinds.ts';
import { homeOf, isPartOfSavedModel, modelFolderOf } from './home.ts';
import { baseOf, folderOf, keyProblem, nameOfKey } from './object-key.ts';
import type { ObjectInfo } from './object-store.ts';

/** The object that says that a prefix is complete. */
export const READY_MARK = '_READY';

/** A model as far as keys tell. */
export interface Candidate {
  readonly name: string;
  readonly kind: 'saved-model' | 'json' | 'file';
  /** The file, or the one that makes its folder a model. */
  readonly entry: ObjectInfo;
  /** Of the file or folder, relative to the prefix; `.` is the prefix itself. */
  readonly path: string;
}

export interface Ignored {
  readonly key: string;
  readonly reason: string;
}

export interface Drop {
  readonly prefix: string;
  /** What belongs to the prefix, by key. */
  readonly objects: ReadonlyMap<string, ObjectInfo>;
  /** All below it, also what belongs to other prefixes: files that a model names may lie in any folder. */
  readonly below: ReadonlyMap<string, ObjectInfo>;
  readonly configuration?: ObjectInfo;
  /** By name. Without a configuration these are the models. */
  readonly candidates: readonly Candidate[];
  readonly data: readonly ObjectInfo[];
  /** Neither models nor data by their names: parts of models, or of no use. */
  readonly others: readonly ObjectInfo[];
  readonly ignored: readonly Ignored[];
}

/** Formats of models that are recognised and not read. */
const UNREAD = /\.(ort|pt|pth|pt2|safetensors|gguf)$/i;
const GRAPHS = ['saved_model.pb', 'saved_model.pbtxt'];

/** Data given to one model without a configuration: who has more says which is which. */
const MAX_NEAR_DATA = 16;

/** Sorts a listing of everything below `prefix`. */
export function sortDrop(prefix: string, listing: Iterable<ObjectInfo>): Drop {
  const below = new Map<string, ObjectInfo>();
  const ignored: Ignored[] = [];
  for (const object of listing) {
    const reason = keyProblem(object.key);
    if (reason === undefined) below.set(object.key, object);
    else ignored.push({ key: object.key, reason });
  }
  const isThere = (key: string): boolean => below.has(key);
  const objects = new Map<string, ObjectInfo>();
  for (const object of below.values()) {
    if (homeOf(object.key, isThere) !== prefix || isMark(object.key)) continue;
    if (isFettles(object.key, isThere))
      ignored.push({ key: object.key, reason: 'it lies in a folder that Fettle wrote' });
    else objects.set(object.key, object);
  }
  const [configuration] = CONFIG_NAMES.flatMap((name) => objects.get(prefix + name) ?? []);
  const sorted = {
    candidates: [] as Candidate[],
    data: [] as ObjectInfo[],
    others: [] as ObjectInfo[],
  };
  for (const object of objects.values()) {
    if (object === configuration) continue;
    if (isPart(object.key, isThere)) sorted.others.push(object);
    else if (mayBeData(object.key)) sorted.data.push(object);
    else {
      const candidate = candidateOf(object, prefix);
      if (candidate) sorted.candidates.push(candidate);
      else sorted.others.push(object);
    }
  }
  const readable = new Set(
    sorted.candidates
      .filter(({ entry }) => !UNREAD.test(entry.key))
      .map(({ entry }) => folderOf(entry.key)),
  );
  const candidates = sorted.candidates.filter(({ entry: { key } }) => {
    if (!UNREAD.test(key) || !readable.has(folderOf(key))) return true;
    ignored.push({ key, reason: 'its format is not read, and a model that is lies beside it' });
    return false;
  });
  return {
    ...sorted,
    prefix,
    objects,
    below,
    ignored,
    candidates: candidates.sort((a, b) => order(a.name, b.name) || order(a.entry.key, b.entry.key)),
    ...(configuration && { configuration }),
  };
}

/** The model whose file an object is, or whose folder it makes one. */
function candidateOf(entry: ObjectInfo, prefix: string): Candidate | undefined {
  const base = baseOf(entry.key);
  const folder = folderOf(entry.key);
  if (GRAPHS.includes(base)) return folderCandidate('saved-model', entry, folder, prefix);
  if (base === 'model.json') return folderCandidate('json', entry, folder, prefix);
  if (!mayBeModel(base)) return undefined;
  return { name: nameOfKey(entry.key), kind: 'file', entry, path: entry.key.slice(prefix.length) };
}

/** Whether an object is a part of a SavedModel, and not the graph that makes it one. */
function isPart(key: string, isThere: (key: string) => boolean): boolean {
  const folder = modelFolderOf(key, isThere);
  const graph = GRAPHS.map((name) => `${folder}${name}`)
    // The binary form is read where both are there.
    .find(isThere);
  return (
    folder !== undefined && graph !== undefined && key !== graph && isPartOfSavedModel(key, folder)
  );
}

const folderCandidate = (
  kind: 'saved-model' | 'json',
  entry: ObjectInfo,
  folder: string,
  prefix: string,
): Candidate => ({
  name: nameOfKey(folder),
  kind,
  entry,
  path: folder.slice(prefix.length, -1) || '.',
});

/** The model at a path of a configuration, relative to the prefix; `undefined` where there is none. */
export function candidateAt(path: string, name: string, drop: Drop): Candidate | undefined {
  const { prefix, below } = drop;
  const file = below.get(prefix + path);
  if (file && !GRAPHS.includes(baseOf(path)) && baseOf(path) !== 'model.json')
    return { name, kind: 'file', entry: file, path };
  const folder = file ? folderOf(file.key) : `${prefix}${path}${path === '' ? '' : '/'}`;
  for (const base of file ? [baseOf(file.key)] : [...GRAPHS, 'model.json']) {
    const entry = below.get(folder + base);
    if (!entry) continue;
    const kind = base === 'model.json' ? 'json' : 'saved-model';
    return { name, kind, entry, path: folder.slice(prefix.length, -1) || '.' };
  }
  return undefined;
}

/** The data that may belong to a model without a configuration: by the rules of `fettle init`, as far as names tell. */
export function dataNear({ path }: Candidate, { prefix, data }: Drop): ObjectInfo[] {
  const byPath = new Map(data.map((object) => [object.key.slice(prefix.length), object]));
  const near = nearData(path, [...byPath.keys()]);
  const own = ownData(path, near);
  const paths = own.length > 0 ? own : near;
  const telling =
    paths.length > MAX_NEAR_DATA
      ? paths.filter((one) => /test|val|eval|calib|train/i.test(baseOf(one)))
      : paths;
  return telling.slice(0, MAX_NEAR_DATA).flatMap((one) => byPath.get(one) ?? []);
}

/** Folders as objects, and the mark that a prefix is complete. */
const isMark = (key: string): boolean => key.endsWith('/') || baseOf(key) === READY_MARK;

/** Whether a key lies in an output folder of the command line. */
function isFettles(key: string, isThere: (key: string) => boolean): boolean {
  for (let folder = folderOf(key); ; folder = folderOf(folder)) {
    if (isThere(`${folder}manifest.json`) && isThere(`${folder}report.html`)) return true;
    if (folder === '') return false;
  }
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
