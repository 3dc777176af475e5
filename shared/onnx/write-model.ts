/**
 * Models as ONNX files: sizes first, then one stream; untouched weights are copied from where they
 * lie, so memory does not grow with the model. Nothing is half-written: bytes go to a temporary
 * name beside the target, which takes the target's place when all is there.
 */
import { renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DefectError, InputError, LimitError } from '../base/errors.ts';
import { errorCode, explainWriteError, stagingPath } from '../base/files.ts';
import { ExternalLayout } from './external-layout.ts';
import { EXTERNAL_ABOVE_BYTES, MAX_MODEL_FILE_BYTES } from './limits.ts';
import type { Model } from './model.ts';
import { FileTarget, MemoryTarget } from './wire/byte-targets.ts';
import { writeModelMessage } from './wire/model.ts';
import type { PlaceOf } from './wire/sink.ts';
import { SizeSink } from './wire/size-sink.ts';
import { StreamSink } from './wire/stream-sink.ts';
import { streamPayload } from './wire/tensor.ts';

export interface WriteOptions {
  /** `auto` (default): weights go to `<file>.data` when the model would pass 1.9 GB. */
  readonly external?: 'auto' | 'always' | 'never';
}

export interface WrittenModel {
  /** The model file, and the external data file if there is one. */
  readonly files: readonly string[];
  /** Bytes of all files. */
  readonly bytes: number;
}

const nowhere: PlaceOf = () => undefined;

/**
 * Writes the model to `path`, over an existing file too (also the one that it is read from).
 * @throws LimitError when the disk is full or one file would be too large for protobuf,
 * InputError when the place cannot be written.
 */
export function writeModel(model: Model, path: string, options: WriteOptions = {}): WrittenModel {
  const plan = planFiles(model, path, options.external ?? 'auto');
  if (plan.sizes.size > MAX_MODEL_FILE_BYTES) {
    throw new LimitError(
      `'${path}' would have ${plan.sizes.size} bytes: protobuf stops at ${MAX_MODEL_FILE_BYTES}`,
      { hint: "Let the weights be written beside the model: external 'auto' or 'always'." },
    );
  }
  // Found out now: when it comes to the renaming, the data file has its new content already.
  refuseFolder(path);
  const staged: StagedFile[] = [];
  try {
    if (plan.layout) staged.push(stage(`${path}.data`, (file) => streamWeights(file, plan.layout)));
    staged.push(stage(path, (file) => streamModel(file, model, plan)));
    for (const file of staged) renameSync(file.temporary, file.path);
  } catch (error) {
    for (const file of staged) rmSync(file.temporary, { force: true });
    throw explain(error, path);
  }
  return {
    files: staged.map((file) => file.path).toReversed(),
    bytes: staged.reduce((sum, file) => sum + file.bytes, 0),
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
  const sizes = new SizeSink(nowhere);
  writeModelMessage(sizes, model);
  const target = new MemoryTarget(sizes.size);
  streamModel(target, model, { sizes, layout: undefined });
  return target.bytes;
}

interface Plan {
  readonly sizes: SizeSink;
  readonly layout: ExternalLayout | undefined;
}

/** Measures the model as one file and, when it must not be one, as two. */
function planFiles(model: Model, path: string, external: 'auto' | 'always' | 'never'): Plan {
  if (external !== 'always') {
    const sizes = new SizeSink(nowhere);
    writeModelMessage(sizes, model);
    if (external === 'never' || sizes.size <= EXTERNAL_ABOVE_BYTES)
      return { sizes, layout: undefined };
  }
  const layout = new ExternalLayout(`${basename(path)}.data`);
  const sizes = new SizeSink((tensor) => layout.placeOf(tensor));
  writeModelMessage(sizes, model);
  return { sizes, layout: layout.places.size > 0 ? layout : undefined };
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

function streamModel(
  target: FileTarget | MemoryTarget,
  model: Model,
  { sizes, layout }: Plan,
): void {
  const sink = new StreamSink(target, sizes.lengths, (tensor) => layout?.places.get(tensor));
  writeModelMessage(sink, model);
  sink.flush();
  if (target.position !== sizes.size)
    throw new DefectError(`${target.position} bytes were written, ${sizes.size} measured`);
}

function streamWeights(file: FileTarget, layout: ExternalLayout | undefined): void {
  for (const [tensor, place] of layout?.places ?? []) {
    file.skipTo(place.offset);
    streamPayload(tensor, file);
    const given = file.position - place.offset;
    if (given !== place.length)
      throw new DefectError(
        `tensor '${tensor.name}' gave ${given} bytes, ${place.length} were announced`,
      );
  }
}

function explain(error: unknown, path: string): unknown {
  if (errorCode(error) !== 'ENOENT') return explainWriteError(error, path);
  return new InputError(`cannot write ${path}: the folder ${dirname(path)} does not exist`, {
    hint: 'Make the folder, or give another one.',
    cause: error,
  });
}
