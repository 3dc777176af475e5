/** Which of the data that was found goes with which model: by place and name, and only where its arrays fit. */
import { readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { digestJson } from '../../base/digest.ts';
import { FettleError, LimitError } from '../../base/errors.ts';
import { LFS_POINTER_MAX_BYTES, parseLfsPointer } from '../../base/lfs-pointer.ts';
import type { FormatName } from '../../formats/format.ts';
import { openSource } from '../../formats/open-source.ts';
import { isReadInParts, openData } from '../../measure/data/open.ts';
import { fedInputs } from '../../onnx/fed-inputs.ts';
import { type FileAccess, LOCAL_FILES } from '../../onnx/file-access.ts';
import type { ValueInfo } from '../../onnx/model.ts';
import { filesBeside, sourceFile } from '../source-file.ts';
import { type DataRoles, dataFor, nearData } from './data-beside.ts';

export interface FoundModel {
  /** Relative to the folder, `/` between parts. */
  readonly path: string;
  readonly format: FormatName;
  /** Whether Fettle has a reader for it. */
  readonly isReadable: boolean;
  /** A Git LFS pointer whose bytes are not here: by its name. */
  readonly isPointer: boolean;
}

export interface FoundProject {
  readonly models: readonly FoundModel[];
  readonly data: readonly string[];
}

/** The data of one model. */
export interface PairedData {
  readonly data: DataRoles;
  /** Data beside the model that cannot be its own, and why, where nothing else was found. */
  readonly unfit?: { readonly path: string; readonly reason: string };
}

export interface Pairing extends PairedData {
  readonly model: FoundModel;
  /** Files of weights beside the model, relative. */
  readonly weights: readonly string[];
}

/** A pairing for each model that can be read. What is not here yet (Git LFS) is paired by its name. */
export async function pairData(project: FoundProject, folder: string): Promise<Pairing[]> {
  const pairings: Pairing[] = [];
  for (const model of project.models.filter(({ isReadable }) => isReadable)) {
    const inputs = model.isPointer ? undefined : await inputsOf(join(folder, model.path));
    const paired = await pairInputs(model.path, inputs, project.data, folder);
    const weights = inputs ? await weightFiles(join(folder, model.path), folder) : [];
    pairings.push({ model, weights, ...paired });
  }
  return pairings;
}

/** The data of the model at `path` among `data`, all relative to `folder`: that whose first sample it takes. */
export async function pairModel(
  path: string,
  data: readonly string[],
  folder: string,
  access = LOCAL_FILES,
): Promise<PairedData> {
  return pairInputs(path, await inputsOf(join(folder, path), access), data, folder, access);
}

async function pairInputs(
  path: string,
  inputs: readonly ValueInfo[] | undefined,
  data: readonly string[],
  folder: string,
  access = LOCAL_FILES,
): Promise<PairedData> {
  if (!inputs) return { data: dataFor(path, data) };
  const near = nearData(path, data);
  const misfits = new Map<string, string>();
  for (const name of near) {
    const reason = await misfit(join(folder, name), inputs, access);
    if (reason !== undefined) misfits.set(name, reason.replaceAll(join(folder, name), name));
  }
  const fitting = dataFor(
    path,
    near.filter((name) => !misfits.has(name)),
  );
  const [first] = misfits;
  if (!first || Object.keys(fitting).length > 0) return { data: fitting };
  return { data: fitting, unfit: { path: first[0], reason: first[1] } };
}

/** A model that cannot be opened says so when it is run: here it is one without facts. */
async function inputsOf(
  path: string,
  { open } = LOCAL_FILES,
): Promise<readonly ValueInfo[] | undefined> {
  try {
    using opened = await openSource(await sourceFile(path), { shown: path, open });
    return fedInputs(opened.model);
  } catch (error) {
    if (error instanceof FettleError) return undefined;
    throw error;
  }
}

/** Files besides the one that names the model, relative to the folder. */
async function weightFiles(path: string, folder: string): Promise<string[]> {
  const files = await filesBeside(path);
  return files.map((one) => relative(folder, one).replaceAll('\\', '/'));
}

/** Why the file's first sample is none for the model; `undefined` where it is, or cannot be known yet. */
async function misfit(
  path: string,
  inputs: readonly ValueInfo[],
  access: FileAccess,
): Promise<string | undefined> {
  if (!access.isHere(path) && !isReadInParts(path)) return undefined;
  try {
    // Nothing is kept: the digest of what may be gigabytes is not needed.
    const contentsDigest = digestJson('init');
    const data = await openData({ path }, inputs, { contentsDigest, access });
    try {
      await data.sample(0);
      return undefined;
    } finally {
      await data.close();
    }
  } catch (error) {
    if (!(error instanceof FettleError)) throw error;
    // What takes too much to look at from afar, whoever reads all of it will tell.
    if (!access.isHere(path)) return error instanceof LimitError ? undefined : error.message;
    return (await isPointer(path)) ? undefined : error.message;
  }
}

async function isPointer(path: string): Promise<boolean> {
  if ((await stat(path)).size > LFS_POINTER_MAX_BYTES) return false;
  return parseLfsPointer(await readFile(path)) !== undefined;
}
