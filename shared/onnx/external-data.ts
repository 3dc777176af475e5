/**
 * External data on reading: a tensor's bytes in another file of the model's folder.
 *
 * A model is input from a stranger: a location may not leave the folder, neither by its path nor
 * through a link (CWE-22, CWE-59). Source: ONNX "External Data", onnx.proto field 13.
 */
import { InputError, ModelError } from '../base/errors.ts';
import { findInside, isInside } from '../base/inside-folder.ts';
import { LFS_POINTER_MAX_BYTES, parseLfsPointer, pullHint } from '../base/lfs-pointer.ts';
import { fileSource, memorySource, type OpenFile } from './byte-source.ts';
import type { FileWindow } from './file-windows.ts';
import { MAX_OPEN_FILES } from './limits.ts';
import { onlyRanges } from './readable-ranges.ts';
import type { ByteRange, ByteSource } from './stored-tensor.ts';

/** Where a tensor's bytes were found. */
export interface ExternalRange {
  readonly range: ByteRange;
  readonly external: { readonly location: string };
}

/** Of files beside a model, by location, the ranges that may be read. Of files that are not named here, all. */
export type ReadableRanges = ReadonlyMap<string, readonly FileWindow[]>;

/** The files that a model's tensors point to, each opened once. */
export class ExternalFiles {
  readonly #folder: string | undefined;
  readonly #readable: ReadableRanges;
  readonly #openFile: OpenFile;
  readonly #sources = new Map<string, ByteSource>();

  /** Without a folder (a model from memory) every external tensor is refused. */
  constructor(
    folder: string | undefined,
    {
      readable = new Map(),
      open = fileSource,
    }: { readonly readable?: ReadableRanges; readonly open?: OpenFile } = {},
  ) {
    this.#folder = folder;
    this.#readable = readable;
    this.#openFile = open;
  }

  /**
   * The range that the entries `location`, `offset` and `length` name, which holds exactly `expected` bytes.
   * @throws InputError when the file is missing, ModelError when the tensor may not have that range.
   */
  resolve(tensor: string, entries: ReadonlyMap<string, string>, expected: number): ExternalRange {
    const location = entries.get('location') ?? '';
    const source = this.#open(tensor, location);
    const offset = wholeNumber(entries.get('offset') ?? '0', tensor, 'offset');
    const length = wholeNumber(entries.get('length') ?? String(expected), tensor, 'length');
    if (length !== expected)
      throw new ModelError(
        `tensor '${tensor}' has ${length} bytes in '${location}': its type and dims need ${expected}`,
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
        { hint: 'Open the model by its path, with the file beside it.' },
      );
    }
    const source = this.#openFile(realPath(this.#folder, location, tensor), {
      keepOpen: this.#sources.size < MAX_OPEN_FILES,
    });
    refusePointer(source, tensor, location);
    const ranges = this.#readable.get(location);
    const opened = ranges ? onlyRanges(source, ranges) : source;
    this.#sources.set(location, opened);
    return opened;
  }
}

/** Takes note of the files that tensors point to and opens none of them: those may be missing, but not elsewhere. */
export class ExternalLocations extends ExternalFiles {
  readonly found = new Set<string>();

  constructor() {
    super(undefined);
  }

  override resolve(
    tensor: string,
    entries: ReadonlyMap<string, string>,
    expected: number,
  ): ExternalRange {
    const location = entries.get('location') ?? '';
    if (!isInside(location)) throw outside(tensor, location);
    this.found.add(location);
    const range = { source: memorySource(new Uint8Array()), offset: 0, length: expected };
    return { range, external: { location } };
  }
}

/** Said before its few bytes are taken for weights. */
function refusePointer(source: ByteSource, tensor: string, location: string): void {
  if (source.size >= LFS_POINTER_MAX_BYTES) return;
  const pointer = parseLfsPointer(source.read(0, source.size));
  if (pointer === undefined) return;
  source.close();
  throw new InputError(
    `tensor '${tensor}' needs the external file '${location}', which is a Git LFS pointer: its ${pointer.bytes} bytes are not here`,
    { where: source.name, hint: pullHint(location) },
  );
}

const outside = (tensor: string, location: string): ModelError =>
  new ModelError(
    `tensor '${tensor}' names the external file '${location}', which is outside the model's folder`,
  );

/** @throws InputError when it is missing, ModelError when the tensor may not name it */
function realPath(folder: string, location: string, tensor: string): string {
  const found = findInside(folder, location);
  switch (found.kind) {
    case 'file':
      return found.path;
    case 'outside':
      throw outside(tensor, location);
    case 'too-long':
      throw new ModelError(
        `tensor '${tensor}' names an external file by ${location.length} characters`,
        { cause: found.cause },
      );
    case 'link':
      throw new ModelError(
        `tensor '${tensor}' names the external file '${location}', a link out of the model's folder`,
        { hint: 'Copy the file itself beside the model.' },
      );
    case 'special':
      throw new ModelError(`tensor '${tensor}' names '${location}', which is not a regular file`);
    case 'missing':
      throw new InputError(
        `tensor '${tensor}' needs the external file '${location}', which is not beside the model`,
        {
          // An object of Git LFS lies alone in a folder of the cache.
          hint: /[\\/]lfs[\\/]objects[\\/]/.test(folder)
            ? 'The model is a Git LFS pointer. Run: git lfs pull'
            : `Put it into '${folder}'.`,
          cause: found.cause,
        },
      );
  }
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
