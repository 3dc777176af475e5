/** The shards of a group of weights: files that follow each other, read as one. */
import { InputError, ModelError } from '../../base/errors.ts';
import { findInside } from '../../base/inside-folder.ts';
import { LFS_POINTER_MAX_BYTES, parseLfsPointer, pullHint } from '../../base/lfs-pointer.ts';
import { fileSource, type OpenFile } from '../../onnx/byte-source.ts';
import { MAX_OPEN_FILES } from '../../onnx/limits.ts';
import type { ByteSource } from '../../onnx/stored-tensor.ts';

/** The shard files of one model, each opened once. */
export class ShardFiles {
  readonly #folder: string;
  readonly #openFile: OpenFile;
  readonly #sources = new Map<string, ByteSource>();

  constructor(folder: string, open: OpenFile = fileSource) {
    this.#folder = folder;
    this.#openFile = open;
  }

  /** The paths of all files that were opened. */
  get paths(): readonly string[] {
    return [...this.#sources.values()].map(({ name }) => name);
  }

  /**
   * The files at `paths`, below the folder of model.json, as one source.
   * @throws InputError that names those that are missing, ModelError for a path out of the folder
   */
  open(paths: readonly string[]): ByteSource {
    const missing: string[] = [];
    const parts = paths.flatMap((path) => {
      const source = this.#open(path);
      if (!source) missing.push(path);
      return source ?? [];
    });
    if (missing.length > 0)
      throw new InputError(
        `the model's weights lie in ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ', …' : ''}, which ${missing.length === 1 ? 'is' : 'are'} not beside model.json`,
        { hint: `Put ${missing.length === 1 ? 'it' : 'them'} into '${this.#folder}'.` },
      );
    return parts.length === 1 && parts[0] ? parts[0] : joinSources(parts);
  }

  close(): void {
    for (const source of this.#sources.values()) source.close();
  }

  #open(path: string): ByteSource | undefined {
    const known = this.#sources.get(path);
    if (known) return known;
    if (/^[a-z][a-z+.-]+:/i.test(path))
      throw new ModelError(`the weights lie at ${path.slice(0, 80)}, and nothing is fetched`, {
        hint: 'Save the shards beside model.json and name them there.',
      });
    const found = findInside(this.#folder, path);
    if (found.kind === 'missing') return undefined;
    if (found.kind !== 'file')
      throw new ModelError(
        `the weights lie in '${path.slice(0, 80)}', which is no file inside the model's folder`,
        { hint: 'Copy the file itself beside model.json and name it there.' },
      );
    const source = this.#openFile(found.path, { keepOpen: this.#sources.size < MAX_OPEN_FILES });
    refusePointer(source, path);
    this.#sources.set(path, source);
    return source;
  }
}

function refusePointer(source: ByteSource, path: string): void {
  if (source.size >= LFS_POINTER_MAX_BYTES) return;
  if (parseLfsPointer(source.read(0, source.size)) === undefined) return;
  source.close();
  throw new InputError(`the weights in '${path}' are a Git LFS pointer, not the file itself`, {
    where: source.name,
    hint: pullHint(path),
  });
}

/** Sources one behind the other. Closing it closes none of them. */
export function joinSources(parts: readonly ByteSource[]): ByteSource {
  const starts: number[] = [];
  let size = 0;
  for (const part of parts) {
    starts.push(size);
    size += part.size;
  }
  const name = parts[0]?.name ?? 'no shards';
  const checkRange = (offset: number, length: number): void => {
    if (offset >= 0 && length >= 0 && offset + length <= size) return;
    throw new ModelError(
      `the weights end at byte ${size}: bytes ${offset} to ${offset + length} are wanted`,
    );
  };
  const readInto = (target: Uint8Array, offset: number): void => {
    checkRange(offset, target.length);
    const end = offset + target.length;
    for (const [index, part] of parts.entries()) {
      const start = starts[index] ?? 0;
      const from = Math.max(offset, start);
      const to = Math.min(end, start + part.size);
      if (from < to) part.readInto(target.subarray(from - offset, to - offset), from - start);
    }
  };
  return {
    name,
    size,
    read(offset, length) {
      checkRange(offset, length);
      const bytes = new Uint8Array(length);
      readInto(bytes, offset);
      return bytes;
    },
    readInto,
    close() {},
  };
}
