/**
 * Where an object belongs: the prefix of the inbox that its model, data and configuration share. Told from its own key
 * and from which other keys are there, so that every object of a prefix names the same one.
 */
import { CONFIG_NAMES } from '../config/read-config.ts';
import { isDataFolder } from '../project/file-kinds.ts';
import { baseOf, folderOf } from './object-key.ts';

/** Files that make a folder something: a project with a configuration, or a model as a whole. */
const CONFIGS: readonly string[] = CONFIG_NAMES;
const MODEL_ENTRIES = ['saved_model.pb', 'saved_model.pbtxt', 'model.json'];

/** Folders inside a SavedModel: they, and what is in them, are nothing of their own. */
const INNER = new Set(['variables', 'assets', 'assets.extra']);

/** The keys that {@link homeOf} may ask for. */
export function keysThatTellHome(key: string): string[] {
  return foldersAbove(key).flatMap((folder) =>
    [...CONFIGS, ...MODEL_ENTRIES].map((name) => folder + name),
  );
}

/**
 * The prefix of a key, with its `/`, or the empty text: the nearest folder with a configuration; without one, the folder
 * of the file, or of the model folder that the file is in, or what a folder of data lies beside.
 */
export function homeOf(key: string, isThere: (key: string) => boolean): string {
  const folders = foldersAbove(key);
  const configured = folders.find((folder) => CONFIGS.some((name) => isThere(folder + name)));
  if (configured !== undefined) return configured;
  const model = modelFolderOf(key, isThere);
  return aboveData(model === undefined ? folderOf(key) : folderOf(model));
}

/**
 * The model folder that a key is in: right below it, or in a folder that it has for itself. A model at the root is not
 * all of the bucket. `undefined` where there is none; the root is the empty text.
 */
export function modelFolderOf(key: string, isThere: (key: string) => boolean): string | undefined {
  return foldersAbove(key).find((folder) => {
    const [inner, ...deeper] = key.slice(folder.length).split('/');
    const isIn = deeper.length === 0 || INNER.has(inner ?? '') || isDataFolder(inner ?? '');
    return (
      isIn && !INNER.has(baseOf(folder)) && MODEL_ENTRIES.some((name) => isThere(folder + name))
    );
  });
}

/** Whether an object is a part of the SavedModel in `folder`: its graph's neighbours, its checkpoint, its assets. */
export function isPartOfSavedModel(key: string, folder: string): boolean {
  if (!key.startsWith(folder)) return false;
  const [first = '', ...deeper] = key.slice(folder.length).split('/');
  return deeper.length > 0 ? INNER.has(first) : /\.(pb|pbtxt)$/.test(first);
}

/** From the nearest to the root. */
function foldersAbove(key: string): string[] {
  const folders: string[] = [];
  for (let folder = folderOf(key); ; folder = folderOf(folder)) {
    folders.push(folder);
    if (folder === '') return folders;
  }
}

/** What lies before the first folder of data on the way. */
function aboveData(folder: string): string {
  const parts = folder.split('/');
  const at = parts.findIndex(isDataFolder);
  return at < 0
    ? folder
    : parts
        .slice(0, at)
        .map((part) => `${part}/`)
        .join('');
}
