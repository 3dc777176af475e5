/** What a folder holds that Fettle could work on: models by their bytes, data by their names. */
import { opendir, readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { FettleError } from '../../base/errors.ts';
import { detect } from '../../formats/detect.ts';
import type { FormatName } from '../../formats/format.ts';
import { mayBeData, mayBeModel, mayBeModelFolder } from '../../pipeline/project/file-kinds.ts';
import type { FoundModel, FoundProject } from '../../pipeline/project/pair-data.ts';

/** A project's models lie near its root; deeper there are caches and environments. */
const MAX_DEPTH = 6;
/** What is looked into before giving up on a folder that is no project, such as a home directory. */
const MAX_FILES = 20_000;
const SKIPPED = new Set([
  'node_modules',
  'dist',
  'build',
  'fettle-out',
  'fettle-demo',
  'venv',
  '__pycache__',
  'site-packages',
]);

/** Looks through a folder, hidden folders and the usual build folders left out. */
export async function findProject(folder: string): Promise<FoundProject> {
  const models: FoundModel[] = [];
  const data: string[] = [];
  let seen = 0;
  const walk = async (current: string, depth: number): Promise<void> => {
    const names: { name: string; isFolder: boolean }[] = [];
    for await (const entry of await opendir(current)) {
      if (entry.isDirectory() || entry.isFile())
        names.push({ name: entry.name, isFolder: entry.isDirectory() });
    }
    // What Fettle made, in a folder of another name.
    if (['manifest.json', 'report.html'].every((own) => names.some(({ name }) => name === own)))
      return;
    const isModelFolder = names.some(({ name }) => mayBeModelFolder(name));
    if (isModelFolder && (await add(models, current, folder))) return;
    for (const { name, isFolder } of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (++seen > MAX_FILES) return;
      const path = join(current, name);
      if (isFolder) {
        if (depth < MAX_DEPTH && !name.startsWith('.') && !SKIPPED.has(name))
          await walk(path, depth + 1);
      } else if (mayBeModel(name)) await add(models, path, folder);
      else if (mayBeData(name)) data.push(shown(path, folder));
    }
  };
  await walk(folder, 0);
  return { models, data };
}

async function add(models: FoundModel[], path: string, folder: string): Promise<boolean> {
  try {
    const { format, isReadable } = await detect(path);
    models.push({ path: shown(path, folder), format, isReadable, isPointer: false });
    return true;
  } catch (error) {
    if (!(error instanceof FettleError)) throw error;
    const format = await formatOfPointer(path);
    if (!format) return false;
    models.push({ path: shown(path, folder), format, isReadable: true, isPointer: true });
    return true;
  }
}

/** Suffixes by which the bytes that are not here yet are told. */
const POINTED: Readonly<Record<string, FormatName>> = {
  '.onnx': 'onnx',
  '.keras': 'keras',
  '.h5': 'h5',
  '.tflite': 'tflite',
};

/** Of a Git LFS pointer; `undefined` for what is none. */
async function formatOfPointer(path: string): Promise<FormatName | undefined> {
  const format = POINTED[extname(path).toLowerCase()];
  if (!format) return undefined;
  const head = (await readFile(path)).subarray(0, 40).toString('latin1');
  return head.startsWith('version https://git-lfs') ? format : undefined;
}

const shown = (path: string, folder: string): string =>
  relative(folder, path).replaceAll('\\', '/');
