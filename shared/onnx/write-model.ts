/**
 * Models as ONNX files: sizes first, then one stream; untouched weights are copied from where they
 * lie, so memory does not grow with the model. Nothing is half-written: bytes go to a temporary
 * name beside the target, which takes the target's place when all is there.
 */
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError, LimitError } from '../base/errors.ts';
import { allGraphs } from './graph-walk.ts';
import type { Graph, Model } from './model.ts';
import type { StoredTensor } from './stored-tensor.ts';
import { storedByteLength } from './tensor-data.ts';
import { Encoder } from './wire/encoder.ts';
import { writeFunction, writeGraph, writeOpsets } from './wire/write-graph.ts';
import { writeStringMap } from './wire/write-strings.ts';
import { type ExternalPlace, type ExternalPlaces, tensorPayload } from './wire/write-tensor.ts';

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

/** protobuf parsers stop at 2 GiB; onnxruntime refuses such a file. */
const MAX_SINGLE_FILE = 1.9e9;
/** Smaller tensors stay in the model: shape inference reads them there. */
const MIN_EXTERNAL_TENSOR = 1024;
/** Page size, so that runtimes can map a tensor into memory. */
const ALIGNMENT = 4096;
/** One write call takes at most this: Node refuses 2 GiB and more. */
const MAX_WRITE_CALL = 1 << 30;

/**
 * Writes the model to `path`, over an existing file too (also the one that it is read from).
 * @throws LimitError when the disk is full, InputError when the place cannot be written.
 */
export function writeModel(model: Model, path: string, options: WriteOptions = {}): WrittenModel {
  const external = options.external ?? 'auto';
  const outside =
    external === 'always' || (external === 'auto' && weightBytes(model) > MAX_SINGLE_FILE);
  const dataPath = `${path}.data`;
  const places = outside
    ? placeTensors(model, basename(dataPath))
    : new Map<StoredTensor, ExternalPlace>();
  const written: { readonly temporary: string; readonly final: string; readonly bytes: number }[] =
    [];
  const stream = (final: string, chunks: Iterable<Uint8Array>): void => {
    const temporary = join(
      dirname(final),
      `.${basename(final)}.${process.pid}.${written.length}.partial`,
    );
    written.push({ temporary, final, bytes: 0 });
    written[written.length - 1] = { temporary, final, bytes: streamTo(temporary, chunks) };
  };
  try {
    if (places.size > 0) stream(dataPath, externalChunks(places));
    stream(path, encodeFields(model, places).chunks());
    for (const file of written) renameSync(file.temporary, file.final);
  } catch (error) {
    for (const file of written) rmSync(file.temporary, { force: true });
    throw writeError(error, path);
  }
  return {
    files: written.map((file) => file.final).toReversed(),
    bytes: written.reduce((sum, file) => sum + file.bytes, 0),
  };
}

/** The whole file in memory: for small models. */
export function encodeModel(model: Model): Uint8Array {
  return Buffer.concat([...encodeFields(model, new Map()).chunks()]);
}

function encodeFields(model: Model, places: ExternalPlaces): Encoder {
  const encoder = new Encoder();
  encoder.varint(1, model.irVersion);
  if (model.producerName) encoder.string(2, model.producerName);
  if (model.producerVersion) encoder.string(3, model.producerVersion);
  if (model.domain) encoder.string(4, model.domain);
  if (model.modelVersion) encoder.varint(5, model.modelVersion);
  if (model.docString) encoder.string(6, model.docString);
  encoder.message(7, () => writeGraph(encoder, model.graph, places));
  writeOpsets(encoder, 8, model.opsets);
  writeStringMap(encoder, 14, model.metadata);
  for (const definition of model.functions)
    encoder.message(25, () => writeFunction(encoder, definition, places));
  for (const field of model.unknown ?? []) encoder.raw(field);
  return encoder;
}

function weightBytes(model: Model): number {
  let sum = 0;
  for (const tensor of allTensors(model.graph)) sum += storedByteLength(tensor);
  return sum;
}

/** Initializers of all graphs, and tensors in attributes. */
function* allTensors(main: Graph): IterableIterator<StoredTensor> {
  for (const { graph } of allGraphs(main)) {
    yield* graph.initializers.values();
    for (const node of graph.nodes) {
      for (const attribute of node.attributes.values())
        if (attribute.type === 'tensor') yield attribute.value;
    }
  }
}

function placeTensors(model: Model, location: string): Map<StoredTensor, ExternalPlace> {
  const places = new Map<StoredTensor, ExternalPlace>();
  let end = 0;
  for (const tensor of allTensors(model.graph)) {
    const length = storedByteLength(tensor);
    if (tensor.storage.kind === 'strings' || length < MIN_EXTERNAL_TENSOR || places.has(tensor))
      continue;
    const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    places.set(tensor, { location, offset, length });
    end = offset + length;
  }
  return places;
}

function* externalChunks(places: ExternalPlaces): IterableIterator<Uint8Array> {
  let position = 0;
  for (const [tensor, { offset, length }] of places) {
    if (offset > position) yield new Uint8Array(offset - position);
    yield* tensorPayload(tensor).chunks();
    position = offset + length;
  }
}

function streamTo(path: string, chunks: Iterable<Uint8Array>): number {
  const descriptor = openSync(path, 'w');
  let bytes = 0;
  try {
    for (const chunk of chunks) {
      for (let done = 0; done < chunk.length; ) {
        done += writeSync(descriptor, chunk, done, Math.min(MAX_WRITE_CALL, chunk.length - done));
      }
      bytes += chunk.length;
    }
  } finally {
    closeSync(descriptor);
  }
  return bytes;
}

function writeError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new LimitError(`cannot write '${path}': the disk is full`, {
      hint: 'Free space or write elsewhere.',
      cause: error,
    });
  }
  if (typeof code === 'string' && /^(EACCES|EPERM|EROFS|ENOENT|ENOTDIR|EISDIR)$/.test(code)) {
    return new InputError(
      `cannot write '${path}': ${code === 'ENOENT' ? 'its folder does not exist' : code}`,
      { cause: error },
    );
  }
  return error;
}
