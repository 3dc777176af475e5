/** What the bytes of a model say about the files that it is made of: whether all of them are there. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FettleError } from '../../base/errors.ts';
import { withTempDir } from '../../base/files.ts';
import { detect } from '../../formats/detect.ts';
import { readByParts } from '../../onnx/read-by-parts.ts';
import { externalLocationsOf } from '../../onnx/read-model.ts';
import type { Candidate, Drop } from './drop.ts';
import { isPartOfSavedModel } from './home.ts';
import { baseOf, folderOf } from './object-key.ts';
import type { ObjectInfo } from './object-store.ts';

/** A range of an object of the inbox. */
export type Fetch = (object: ObjectInfo, offset: number, length: number) => Promise<Uint8Array>;

export type Inside =
  /** All files that the model is made of, the entry first. */
  | { readonly kind: 'ready'; readonly files: readonly ObjectInfo[] }
  /** Keys that are named and not there: the model starts when they are. */
  | {
      readonly kind: 'waiting';
      readonly files: readonly ObjectInfo[];
      readonly missing: readonly string[];
    }
  | { readonly kind: 'ignored'; readonly reason: string };

/**
 * Read of a header at a time, and at the most: several models are looked into at once, in a gigabyte of memory
 * (CWE-770). Graphs whose weights lie elsewhere are a tenth of it.
 */
const ONNX_READ = { chunkBytes: 32 * 1024, maxBytes: 32 * 1024 * 1024 };

/** A frozen graph is looked at as a whole, and one above this taken for what its name says: samples are not as large. */
const MAX_PB_BYTES = 16 * 1024 * 1024;

/** Above this the job reads it, and says what is missing: a model.json without weights is a tenth of it. */
const MAX_JSON_BYTES = 16 * 1024 * 1024;

/** Of a graph, until its first variable shows: they stand near the beginning. */
const MAX_GRAPH_BYTES = 8 * 1024 * 1024;

/** Looks into a model as far as needed. What breaks its format is ready: the job says what is wrong with it. */
export async function lookInside(candidate: Candidate, drop: Drop, fetch: Fetch): Promise<Inside> {
  const { kind, entry } = candidate;
  if (kind === 'saved-model') return insideSavedModel(entry, drop, fetch);
  if (kind === 'json') return insideJson(entry, drop, fetch);
  const suffix = /\.[^.]+$/.exec(baseOf(entry.key))?.[0].toLowerCase();
  if (suffix === '.onnx') return insideOnnx(entry, drop, fetch);
  if (suffix === '.h5') return insideH5(entry, drop);
  if (suffix === '.pb') return insidePb(entry, fetch);
  return { kind: 'ready', files: [entry] };
}

/** The files of weights that the header names. */
async function insideOnnx(entry: ObjectInfo, drop: Drop, fetch: Fetch): Promise<Inside> {
  let locations: readonly string[] = [];
  try {
    locations = await readByParts(
      {
        name: entry.key,
        size: entry.bytes,
        fetch: (offset, length) => fetch(entry, offset, length),
      },
      externalLocationsOf,
      ONNX_READ,
    );
  } catch (error) {
    if (!(error instanceof FettleError)) throw error;
  }
  return withFiles(entry, locations, drop);
}

/** A model of TensorFlow.js with its shards; other files of this name belong to other models, or to none. */
async function insideJson(entry: ObjectInfo, drop: Drop, fetch: Fetch): Promise<Inside> {
  const head = textOf(await fetch(entry, 0, Math.min(entry.bytes, 4096)));
  if (!/^\s*\{/.test(head)) return { kind: 'ignored', reason: 'it is no model.json of a model' };
  if (entry.bytes > MAX_JSON_BYTES) return { kind: 'ready', files: [entry] };
  const text = textOf(await fetch(entry, 0, entry.bytes));
  if (!/"(modelTopology|weightsManifest)"\s*:/.test(text))
    return { kind: 'ignored', reason: 'it is no model of TensorFlow.js' };
  return withFiles(entry, shardsOf(text), drop);
}

function shardsOf(text: string): string[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return [];
  }
  if (typeof json !== 'object' || json === null || !('weightsManifest' in json)) return [];
  const groups = Array.isArray(json.weightsManifest) ? json.weightsManifest : [];
  return groups.flatMap((group: unknown) => {
    const isGroup = typeof group === 'object' && group !== null && 'paths' in group;
    const paths: unknown[] = isGroup && Array.isArray(group.paths) ? group.paths : [];
    return paths.filter((path) => typeof path === 'string');
  });
}

/** The graph with what lies beside it, and all parts of its checkpoint. */
async function insideSavedModel(entry: ObjectInfo, drop: Drop, fetch: Fetch): Promise<Inside> {
  const folder = folderOf(entry.key);
  const own = [...drop.below.values()].filter(
    ({ key }) => key !== entry.key && !key.endsWith('/') && isPartOfSavedModel(key, folder),
  );
  const files = [entry, ...own];
  const missing = await missingVariables(entry, folder, own, fetch);
  return missing.length > 0 ? { kind: 'waiting', files, missing } : { kind: 'ready', files };
}

async function missingVariables(
  entry: ObjectInfo,
  folder: string,
  own: readonly ObjectInfo[],
  fetch: Fetch,
): Promise<string[]> {
  const variables = `${folder}variables/variables`;
  const parts = own.map(({ key }) => key).filter((key) => key.startsWith(variables));
  const index = `${variables}.index`;
  const missing = parts.includes(index) ? [] : [index];
  const count = parts
    .map((key) => /\.data-\d{5}-of-(\d{5})$/.exec(key)?.[1])
    .find((found) => found !== undefined);
  if (parts.length === 0) {
    const graph = await fetch(entry, 0, Math.min(entry.bytes, MAX_GRAPH_BYTES));
    return /VarHandleOp|VariableV2/.test(Buffer.from(graph).toString('latin1')) ? missing : [];
  }
  if (count === undefined) return [...missing, `${variables}.data-…`];
  for (let part = 0; part < Number(count); part++) {
    const key = `${variables}.data-${String(part).padStart(5, '0')}-of-${count}`;
    if (!parts.includes(key)) missing.push(key);
  }
  return missing;
}

/** Weights may have their layers in a file beside them. */
function insideH5(entry: ObjectInfo, { below }: Drop): Inside {
  const folder = folderOf(entry.key);
  const stem = entry.key.replace(/(\.weights)?\.h5$/i, '');
  const shard = /^(.*)_\d{5}\.weights\.h5$/i.exec(entry.key);
  if (shard && below.has(`${shard[1]}.weights.json`))
    return {
      kind: 'ignored',
      reason:
        'it is a part of Keras weights, which are read from a .keras file that holds them all',
    };
  const [beside] = [`${stem}.json`, `${folder}config.json`, `${folder}model.json`].flatMap(
    (key) => below.get(key) ?? [],
  );
  if (beside) return { kind: 'ready', files: [entry, beside] };
  return /\.weights\.h5$/i.test(entry.key)
    ? { kind: 'waiting', files: [entry], missing: [`${stem}.json`] }
    : { kind: 'ready', files: [entry] };
}

/** A suffix of many things: samples for ONNX models have it, too. */
async function insidePb(entry: ObjectInfo, fetch: Fetch): Promise<Inside> {
  if (entry.bytes > MAX_PB_BYTES) return { kind: 'ready', files: [entry] };
  return withTempDir('look', async (folder) => {
    const path = join(folder, 'graph.pb');
    await writeFile(path, await fetch(entry, 0, entry.bytes));
    try {
      await detect(path);
      return { kind: 'ready', files: [entry] };
    } catch (error) {
      if (!(error instanceof FettleError)) throw error;
      return { kind: 'ignored', reason: 'it is no graph of TensorFlow and no other model' };
    }
  });
}

/** Paths that a model names, from its own folder. One that leads out is no file: the job refuses it. */
function withFiles(entry: ObjectInfo, paths: readonly string[], { below }: Drop): Inside {
  const folder = folderOf(entry.key);
  const files = [entry];
  const missing: string[] = [];
  for (const path of new Set(paths)) {
    if (!isInside(path)) continue;
    const key =
      folder +
      path
        .split('/')
        .filter((part) => part !== '.' && part !== '')
        .join('/');
    const file = below.get(key);
    if (file) files.push(file);
    else missing.push(key);
  }
  return missing.length > 0 ? { kind: 'waiting', files, missing } : { kind: 'ready', files };
}

const isInside = (path: string): boolean =>
  path !== '' && !/^\/|^[a-z][a-z0-9+.-]*:|\\|\0/i.test(path) && !path.split('/').includes('..');

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
