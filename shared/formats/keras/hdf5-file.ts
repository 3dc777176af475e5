/**
 * HDF5 files, read in place: libhdf5 (as wasm) asks for bytes and gets them from a {@link ByteSource}. It runs
 * with a file system of its own, in which nothing but this file is: external links and external data lead nowhere.
 */
import type { Dataset, File, Group } from 'h5wasm';
import { FettleError, LimitError, ModelError } from '../../base/errors.ts';
import type { ElementType } from '../../onnx/element-type.ts';
import { computedTensor } from '../../onnx/make-tensor.ts';
import type { ByteSource, StoredTensor } from '../../onnx/stored-tensor.ts';

type Library = typeof import('h5wasm');
type Module = Awaited<Library['ready']>;
type Metadata = Dataset['metadata'];

/** Rows of a dataset are read in blocks of about this size: libhdf5's memory never shrinks again. */
const BLOCK_BYTES = 4 << 20;

/** Deflate shrinks at most 1032 times: what claims to hold more than that is no model (CWE-409). */
const MAX_INFLATION = 1040;

/** A damaged index may lead libhdf5 in circles: it may read a file this often, and so much more (CWE-835). */
const MAX_PASSES = 64;
/** Files of a few KB are read block by block, each block much larger than they are. */
const MAX_EXTRA_READ = 1 << 30;

/** Attributes are names and one configuration; those of the largest models are a few MB (CWE-789). */
const MAX_ATTRIBUTE_BYTES = 256 << 20;

/** Parts of an attribute that was too long for one (`weight_names0`, …). */
const MAX_ATTRIBUTE_PARTS = 10_000;

let opened = 0;

/** One open file. Paths begin with `/`. */
export class Hdf5File implements Disposable {
  readonly #library: Library;
  readonly #module: Module;
  readonly #source: ByteSource;
  readonly #path: string;
  readonly #file: File;
  #isOpen = true;

  private constructor(library: Library, module: Module, source: ByteSource) {
    this.#library = library;
    this.#module = module;
    this.#source = source;
    this.#path = mount(module, source, `/fettle-${opened++}.h5`);
    try {
      this.#file = this.#guard(() => new this.#library.File(this.#path, 'r'));
      // libhdf5 gives a negative number for what it cannot open.
      if (this.#file.file_id < 0n) throw damaged(source.name);
    } catch (error) {
      module.FS.unlink(this.#path);
      throw error;
    }
  }

  /** @throws ModelError when it is no HDF5 file or a damaged one */
  static async open(source: ByteSource): Promise<Hdf5File> {
    // Imported here: four megabytes that only these models need.
    const library = await import('h5wasm');
    const module = await library.ready;
    silence(module);
    return new Hdf5File(library, module, source);
  }

  /** What lies at the path; `undefined` for nothing, and for links that lead out of the file. */
  kind(path: string): 'group' | 'dataset' | undefined {
    const found = this.#guard(() => this.#file.get(path));
    if (found instanceof this.#library.Group) return 'group';
    return found instanceof this.#library.Dataset ? 'dataset' : undefined;
  }

  /** Names of what lies in a group; none when there is no such group. */
  names(path: string): readonly string[] {
    if (this.kind(path) !== 'group') return [];
    return this.#guard(() => (this.#file.get(path) as Group).keys());
  }

  /** An attribute that is one text. */
  text(path: string, attribute: string): string | undefined {
    const [text] = this.#attribute(path, attribute) ?? [];
    return text;
  }

  /** An attribute that is a list of texts, also one that was cut into `NAME0`, `NAME1` … */
  texts(path: string, attribute: string): readonly string[] | undefined {
    const whole = this.#attribute(path, attribute);
    if (whole) return whole;
    const parts: string[] = [];
    for (let part = 0; part < MAX_ATTRIBUTE_PARTS; part++) {
      const texts = this.#attribute(path, `${attribute}${part}`);
      if (!texts) return part === 0 ? undefined : parts;
      parts.push(...texts);
    }
    throw new LimitError(`${this.#source.name}: the attribute ${attribute} has too many parts`);
  }

  /** A dataset, read when it is written. @throws ModelError when there is none, or of a type that weights do not have */
  tensor(path: string, name: string): StoredTensor {
    const where = `${this.#source.name}: "${path}"`;
    if (this.kind(path) !== 'dataset') throw new ModelError(`${where} is not in the file`);
    const { metadata, isBfloat16 } = this.#guard(() => {
      const dataset = this.#file.get(path) as Dataset;
      return {
        metadata: dataset.metadata,
        isBfloat16: this.#attribute(path, 'dtype')?.[0] === 'bfloat16',
      };
    });
    const type = isBfloat16 && metadata.size === 2 ? 'bfloat16' : elementTypeOf(metadata);
    const dims = metadata.shape;
    if (!type || !dims || metadata.virtual_sources?.length)
      throw new ModelError(`${where} holds no numbers of a known type`);
    const bytes = dims.reduce((product, dim) => product * dim, metadata.size);
    if (!(bytes <= this.#source.size * MAX_INFLATION))
      throw new ModelError(`${where} claims ${bytes} bytes, more than the file can hold`);
    return computedTensor(name, type, dims, () => this.#read(path, metadata, bytes));
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      this.#file.close();
      this.#module.FS.unlink(this.#path);
    } catch {
      // A file that made libhdf5 fail may also fail to close; nothing of it is used again.
    }
  }

  #read(path: string, metadata: Metadata, byteLength: number): Uint8Array {
    const { shape, size, littleEndian } = metadata;
    const bytes = new Uint8Array(byteLength);
    if (byteLength === 0) return bytes;
    const [rows = 1, ...inner] = shape ?? [];
    const rowBytes = byteLength / rows;
    const chunkRows = metadata.chunks?.[0] ?? 1;
    const block = Math.max(1, Math.floor(BLOCK_BYTES / rowBytes / chunkRows)) * chunkRows;
    for (let row = 0; row < rows; row += block) {
      const count = Math.min(block, rows - row);
      const isScalar = !shape || shape.length === 0;
      this.#readRows(
        path,
        isScalar ? undefined : { row, count, inner },
        bytes.subarray(row * rowBytes, (row + count) * rowBytes),
      );
    }
    // Opaque types, as which bfloat16 is stored, have no order of bytes.
    if (!littleEndian && (metadata.type === 0 || metadata.type === 1)) swapBytes(bytes, size);
    return bytes;
  }

  #readRows(
    path: string,
    rows:
      | { readonly row: number; readonly count: number; readonly inner: readonly number[] }
      | undefined,
    target: Uint8Array,
  ): void {
    if (!this.#isOpen) throw new ModelError(`${this.#source.name} was closed before it was read`);
    const module = this.#module;
    const pointer = this.#guard(() => module._malloc(target.length));
    if (pointer === 0) throw new LimitError(`${this.#source.name}: no memory for "${path}"`);
    try {
      const status = this.#guard(() =>
        module.get_dataset_data(
          this.#file.file_id,
          path,
          rows ? [rows.count, ...rows.inner].map(BigInt) : null,
          rows ? [rows.row, ...rows.inner.map(() => 0)].map(BigInt) : null,
          rows ? [1, ...rows.inner.map(() => 1)].map(BigInt) : null,
          BigInt(pointer),
        ),
      );
      if (status < 0) throw damaged(this.#source.name, path);
      target.set(module.HEAPU8.subarray(pointer, pointer + target.length));
    } finally {
      module._free(pointer);
    }
  }

  #attribute(path: string, attribute: string): readonly string[] | undefined {
    return this.#guard(() => {
      const holder = this.#file.get(path);
      if (!(holder instanceof this.#library.Group || holder instanceof this.#library.Dataset))
        return undefined;
      const found = Object.hasOwn(holder.attrs, attribute) ? holder.attrs[attribute] : undefined;
      if (!found) return undefined;
      if (found.metadata.size * found.metadata.total_size > MAX_ATTRIBUTE_BYTES)
        throw new LimitError(`${this.#source.name}: the attribute ${attribute} is too large`);
      const { value } = found;
      const list = Array.isArray(value) ? value : [value];
      return list.flatMap((item) => (typeof item === 'string' ? [item] : []));
    });
  }

  /** Whatever libhdf5 throws or traps on says that the file is damaged. */
  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof FettleError) throw error;
      throw damaged(this.#source.name, undefined, error);
    }
  }
}

const damaged = (name: string, path?: string, cause?: unknown): ModelError =>
  new ModelError(
    `${name} is damaged or cut off: ${path ? `"${path}" in it` : 'it'} cannot be read as HDF5`,
    {
      hint: 'Copy or save the file again.',
      ...(cause !== undefined && { cause }),
    },
  );

/** libhdf5 writes a page to stderr about each thing that it does not find. */
function silence(module: Module): void {
  const streams = 'streams' in module.FS ? module.FS.streams : undefined;
  const stderr: unknown = Array.isArray(streams) ? streams[2] : undefined;
  const write = (_: unknown, __: unknown, ___: unknown, length: number): number => length;
  if (typeof stderr === 'object' && stderr !== null)
    Object.assign(stderr, { stream_ops: { write } });
}

/** Makes the source a file of libhdf5's own file system; only reading is there. */
function mount(module: Module, source: ByteSource, path: string): string {
  module.FS.writeFile(path, new Uint8Array());
  const node: object = module.FS.lookupPath(path, {}).node;
  const { id, mode, node_ops } = node as { id: number; mode: number; node_ops: object };
  const time = new Date(0);
  const operations = {
    ...node_ops,
    getattr: () => ({
      dev: 1,
      ino: id,
      mode,
      nlink: 1,
      uid: 0,
      gid: 0,
      rdev: 0,
      size: source.size,
      atime: time,
      mtime: time,
      ctime: time,
      blksize: 4096,
      blocks: Math.ceil(source.size / 512),
    }),
  };
  let left = source.size * MAX_PASSES + MAX_EXTRA_READ;
  const reading = {
    read(_: unknown, heap: Int8Array, offset: number, length: number, position: number): number {
      const count = Math.max(0, Math.min(length, source.size - position));
      left -= count;
      if (left < 0) throw new ModelError(`${source.name} is damaged: it leads in circles`);
      source.readInto(
        new Uint8Array(heap.buffer as ArrayBuffer, heap.byteOffset + offset, count),
        position,
      );
      return count;
    },
    llseek(stream: { position: number }, offset: number, whence: number): number {
      return offset + (whence === 1 ? stream.position : whence === 2 ? source.size : 0);
    },
  };
  Object.assign(node, { usedBytes: source.size, node_ops: operations, stream_ops: reading });
  return path;
}

const FLOATS: Readonly<Record<number, ElementType>> = { 2: 'float16', 4: 'float32', 8: 'float64' };

function elementTypeOf({ type, size, signed, enum_type }: Metadata): ElementType | undefined {
  // NumPy's bool is an enumeration of two.
  if (type === 8) return size === 1 && enum_type?.nmembers === 2 ? 'bool' : undefined;
  if (type === 1) return FLOATS[size];
  if (type !== 0 || ![1, 2, 4, 8].includes(size)) return undefined;
  return `${signed ? 'int' : 'uint'}${size * 8}` as ElementType;
}

function swapBytes(bytes: Uint8Array, size: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size === 2) buffer.swap16();
  else if (size === 4) buffer.swap32();
  else if (size === 8) buffer.swap64();
}
