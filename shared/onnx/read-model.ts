/** ONNX files as {@link Model}s: headers are read at once, weights when asked for. */
import { dirname } from 'node:path';
import { ModelError } from '../base/errors.ts';
import { fileSource, memorySource, type OpenFile } from './byte-source.ts';
import { ExternalFiles, ExternalLocations, type ReadableRanges } from './external-data.ts';
import type { Model } from './model.ts';
import type { ByteSource } from './stored-tensor.ts';
import { readModelMessage } from './wire/model.ts';
import { WireReader } from './wire/wire-reader.ts';

/** A model and the files it still reads from; weights are gone once it is closed. */
export interface OpenedModel extends Disposable {
  readonly model: Model;
  readonly path: string;
  close(): void;
}

/**
 * Opens a file. Weights stay in it (and in its external data files) until they are asked for; of external data files
 * only what is `readable`.
 * @throws InputError when a file cannot be read, ModelError when it breaks the format,
 * UnsupportedError when it needs a later schema.
 */
export function openModel(
  path: string,
  {
    readable,
    open = fileSource,
  }: { readonly readable?: ReadableRanges; readonly open?: OpenFile } = {},
): OpenedModel {
  const source = open(path);
  const files = new ExternalFiles(dirname(path), { ...(readable && { readable }), open });
  const close = (): void => {
    files.close();
    source.close();
  };
  try {
    return { model: read(source, files), path, close, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * The files beside a model that its tensors name, sorted, relative to its folder; they need not be there.
 * Throws as {@link openModel} does.
 */
export function readExternalLocations(path: string, open: OpenFile = fileSource): string[] {
  const source = open(path);
  try {
    return externalLocationsOf(source);
  } finally {
    source.close();
  }
}

/** The same from any source, which stays open. */
export function externalLocationsOf(source: ByteSource): string[] {
  const locations = new ExternalLocations();
  read(source, locations);
  return [...locations.found].sort();
}

/** Reads a model from any source; without `folder`, external data is refused. Throws as {@link openModel} does. */
export function readModel(source: ByteSource, options: { readonly folder?: string } = {}): Model {
  return read(source, new ExternalFiles(options.folder));
}

/** Reads a model from memory; its weights are views of `bytes`. Throws as {@link openModel} does. */
export function decodeModel(bytes: Uint8Array): Model {
  return readModel(memorySource(bytes));
}

function read(source: ByteSource, files: ExternalFiles): Model {
  if (source.size === 0) throw new ModelError(`'${source.name}' is empty`);
  return readModelMessage(new WireReader(source, files));
}
