/**
 * External data on reading: a tensor's bytes in another file of the model's folder.
 *
 * A model is input from a stranger: a location may not leave the folder, neither by its path nor
 * through a link (CWE-22, CWE-59). Source: ONNX "External Data", onnx.proto field 13.
 */
import { realpathSync } from 'node:fs';
import { basename, isAbsolute, join, relative, sep } from 'node:path';
import { InputError, ModelError } from '../base/errors.ts';
import { fileSource } from './byte-source.ts';
import type { ByteRange, ByteSource } from './stored-tensor.ts';

/** The files that a model's tensors point to, each opened once. */
export class ExternalFiles {
  readonly #folder: string | undefined;
  readonly #sources = new Map<string, ByteSource>();

  /** Without a folder (a model from memory) every external tensor is refused. */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** The range that the entries `location`, `offset` and `length` name. */
  resolve(
    tensor: string,
    entries: ReadonlyMap<string, string>,
  ): { readonly range: ByteRange; readonly external: { readonly location: string } } {
    const location = entries.get('location') ?? '';
    const source = this.#open(tensor, location);
    const offset = wholeNumber(entries.get('offset') ?? '0', tensor, 'offset');
    const length = wholeNumber(
      entries.get('length') ?? String(source.size - offset),
      tensor,
      'length',
    );
    if (offset + length > source.size) {
      throw new ModelError(
        `tensor '${tensor}' wants bytes ${offset} to ${offset + length} of '${location}', which has ${source.size}`,
        { hint: 'The external data file is truncated or belongs to another model.' },
      );
    }
    return { range: { source, offset, length }, external: { location } };
  }

  close(): void {
    for (const source of this.#sources.values()) source.close();
  }

  #open(tensor: string, location: string): ByteSource {
    const known = this.#sources.get(location);
    if (known) return known;
    if (this.#folder === undefined) {
      throw new ModelError(
        `tensor '${tensor}' lies in the external file '${location}', but the model was not read from a folder`,
      );
    }
    if (
      location === '' ||
      isAbsolute(location) ||
      /^[A-Za-z]:|\\|\0/.test(location) ||
      location.split(/[/\\]/).includes('..')
    ) {
      throw new ModelError(
        `tensor '${tensor}' names the external file '${location}', which is outside the model's folder`,
      );
    }
    const source = fileSource(insideFolder(this.#folder, location, tensor));
    this.#sources.set(location, source);
    return source;
  }
}

function insideFolder(folder: string, location: string, tensor: string): string {
  let real: string;
  try {
    real = realpathSync(join(folder, location));
  } catch (cause) {
    throw new InputError(
      `tensor '${tensor}' needs the external file '${location}', which is not beside the model`,
      {
        hint: `Put '${basename(location)}' into '${folder}'.`,
        cause,
      },
    );
  }
  const path = relative(realpathSync(folder), real);
  if (path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) {
    throw new ModelError(
      `tensor '${tensor}' names the external file '${location}', a link out of the model's folder`,
    );
  }
  return real;
}

function wholeNumber(text: string, tensor: string, key: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new ModelError(
      `tensor '${tensor}' has external ${key} '${text}': a whole number of bytes is wanted`,
    );
  }
  return value;
}
