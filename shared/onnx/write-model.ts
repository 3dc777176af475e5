/**
 * Models as ONNX files: sizes first, then one stream; untouched weights are copied from where they
 * lie, so memory does not grow with the model. Nothing is half-written: bytes go to a temporary
 * name beside the target, which takes the target's place when all is there.
 */
import { renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError, LimitError } from '../base/errors.ts';
import { errorCode, explainWriteError, stagingPath } from '../base/files.ts';
import { type External, type PlannedFile, planFiles } from './file-plan.ts';
import { MAX_MODEL_FILE_BYTES, MIN_EXTERNAL_TENSOR_BYTES } from './limits.ts';
import type { Model } from './model.ts';
import type { StoredTensor } from './stored-tensor.ts';
import { FileTarget, MemoryTarget } from './wire/byte-targets.ts';
import type { ExternalPlace, NoteOffset } from './wire/sink.ts';
import { payloadLength } from './wire/tensor.ts';

export interface WriteOptions {
  /** `auto` (default): weights go to `<file>.data` when the model would pass 1.9 GB. */
  readonly external?: External;
}

export interface WrittenModel {
  /** The model file, and the external data file if there is one. */
  readonly files: readonly string[];
  /** Bytes of all files. */
  readonly bytes: number;
  /** Where the weights lie in them, those that could be external data. */
  readonly places: ReadonlyMap<StoredTensor, ExternalPlace>;
}

/**
 * Writes the model to `path`, over an existing file too (also the one that it is read from).
 * @throws LimitError when the disk is full or one file would be too large for protobuf,
 * InputError when the place cannot be written.
 */
export function writeModel(model: Model, path: string, options: WriteOptions = {}): WrittenModel {
  const plan = planFiles(model, `${basename(path)}.data`, options.external);
  if (plan.model.bytes > MAX_MODEL_FILE_BYTES) {
    throw new LimitError(
      `'${path}' would have ${plan.model.bytes} bytes: protobuf stops at ${MAX_MODEL_FILE_BYTES}`,
      { hint: "Let the weights be written beside the model: external 'auto' or 'always'." },
    );
  }
  // Found out now: when it comes to the renaming, the data file has its new content already.
  refuseFolder(path);
  const staged: StagedFile[] = [];
  const places = new Map<StoredTensor, ExternalPlace>();
  const add = (file: string, { stream }: PlannedFile): void => {
    const location = basename(file);
    const note: NoteOffset = (tensor, offset) => {
      const length = payloadLength(tensor);
      if (length >= MIN_EXTERNAL_TENSOR_BYTES) places.set(tensor, { location, offset, length });
    };
    staged.push(stage(file, (target) => stream(target, note)));
  };
  try {
    if (plan.data) add(`${path}.data`, plan.data);
    add(path, plan.model);
    for (const file of staged) renameSync(file.temporary, file.path);
  } catch (error) {
    for (const file of staged) rmSync(file.temporary, { force: true });
    throw explain(error, path);
  }
  return {
    files: staged.map((file) => file.path).toReversed(),
    bytes: staged.reduce((sum, file) => sum + file.bytes, 0),
    places,
  };
}

/**
 * Moves a model that was just written into another folder on the same file system; it keeps its name,
 * by which it knows its data. @throws as {@link writeModel}
 */
export function moveModel({ files }: WrittenModel, folder: string): void {
  const places = files.map((file) => ({ file, path: join(folder, basename(file)) }));
  for (const { path } of places) refuseFolder(path);
  // The data before the model that reads it.
  for (const { file, path } of places.toReversed()) {
    try {
      renameSync(file, path);
    } catch (error) {
      throw explain(error, path);
    }
  }
}

function refuseFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new InputError(`cannot write ${path}: it is a folder`);
}

/** The whole file in memory, weights included: for small models. */
export function encodeModel(model: Model): Uint8Array {
  const file = planFiles(model, '', 'never').model;
  const target = new MemoryTarget(file.bytes);
  file.stream(target);
  return target.bytes;
}

interface StagedFile {
  readonly path: string;
  readonly temporary: string;
  readonly bytes: number;
}

/** A whole file under a temporary name, or none. */
function stage(path: string, stream: (file: FileTarget) => void): StagedFile {
  const temporary = stagingPath(path);
  const file = new FileTarget(temporary);
  try {
    stream(file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    file.close();
  }
  return { path, temporary, bytes: file.position };
}

function explain(error: unknown, path: string): unknown {
  if (errorCode(error) !== 'ENOENT') return explainWriteError(error, path);
  return new InputError(`cannot write ${path}: the folder ${dirname(path)} does not exist`, {
    hint: 'Make the folder, or give another one.',
    cause: error,
  });
}
