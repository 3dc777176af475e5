/** What libhdf5 itself (as WebAssembly, h5wasm) finds in a file: what ours is held against. */

import * as h5wasm from 'h5wasm';
import { Dataset, Group, type File as Hdf5, ready } from 'h5wasm';
import type { ElementType } from '../../../shared/onnx/element-type.ts';

export interface FoundObject {
  readonly kind: 'group' | 'dataset';
  /** Names of what lies in a group, sorted. */
  readonly names: readonly string[];
  /** Of attributes that are texts. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  /** Of a dataset of numbers. */
  readonly numbers?: {
    readonly type: ElementType;
    readonly dims: readonly number[];
    readonly bytes: Uint8Array;
  };
}

/** Datasets that claim to be larger are not asked for. */
const MAX_BYTES = 1 << 20;
/** Groups that lie in themselves have no end. */
const MAX_DEPTH = 4;

/** Everything in the file by its path. */
export async function lookWithLibhdf5(
  bytes: Uint8Array,
): Promise<ReadonlyMap<string, FoundObject>> {
  const module = await ready;
  silence(module);
  module.FS.writeFile('/m.h5', bytes);
  const file = new h5wasm.File('/m.h5', 'r');
  const found = new Map<string, FoundObject>();
  const look = (path: string, depth: number): void => {
    const object = file.get(path);
    if (!(object instanceof Group || object instanceof Dataset)) return;
    const names = object instanceof Group ? namesOf(object) : [];
    if (!names) return;
    const numbers = object instanceof Dataset ? numbersOf(module, file, path, object) : undefined;
    found.set(path, {
      kind: object instanceof Group ? 'group' : 'dataset',
      names,
      texts: textsOf(object),
      ...(numbers && { numbers }),
    });
    if (depth < MAX_DEPTH)
      for (const name of names) look(`${path === '/' ? '' : path}/${name}`, depth + 1);
  };
  try {
    look('/', 0);
  } finally {
    file.close();
    module.FS.unlink('/m.h5');
  }
  return found;
}

/** Sorted; `undefined` for a link to nothing, which looks like a group at first. */
function namesOf(group: Group): readonly string[] | undefined {
  try {
    return group.keys().toSorted();
  } catch {
    return undefined;
  }
}

const STRING = 3;

function textsOf(object: Group | Dataset): ReadonlyMap<string, readonly string[]> {
  const texts = new Map<string, readonly string[]>();
  for (const [name, { metadata, value }] of Object.entries(object.attrs)) {
    if (metadata.type !== STRING) continue;
    const list = Array.isArray(value) ? value : [value];
    texts.set(
      name,
      list.filter((item) => typeof item === 'string'),
    );
  }
  return texts;
}

function numbersOf(
  module: Awaited<typeof ready>,
  file: Hdf5,
  path: string,
  dataset: Dataset,
): FoundObject['numbers'] {
  const { metadata } = dataset;
  const type = typeOf(metadata, dataset);
  const dims = metadata.shape;
  if (!type || !dims) return undefined;
  const length = dims.reduce((product, dim) => product * dim, metadata.size);
  if (length > MAX_BYTES) return undefined;
  const pointer = module._malloc(Math.max(1, length));
  try {
    const status = module.get_dataset_data(file.file_id, path, null, null, null, BigInt(pointer));
    if (status < 0) return undefined;
    return { type, dims, bytes: module.HEAPU8.slice(pointer, pointer + length) };
  } finally {
    module._free(pointer);
  }
}

function typeOf(
  { type, size, signed, enum_type }: Dataset['metadata'],
  dataset: Dataset,
): ElementType | undefined {
  if (dataset.attrs.dtype?.value === 'bfloat16') return 'bfloat16';
  if (type === 8) return size === 1 && enum_type?.nmembers === 2 ? 'bool' : undefined;
  if (type === 1) return ({ 2: 'float16', 4: 'float32', 8: 'float64' } as const)[size];
  return type === 0 ? (`${signed ? 'int' : 'uint'}${size * 8}` as ElementType) : undefined;
}

/** libhdf5 writes a page to stderr about each thing that it does not find. */
function silence(module: Awaited<typeof ready>): void {
  const streams = 'streams' in module.FS ? module.FS.streams : undefined;
  const stderr: unknown = Array.isArray(streams) ? streams[2] : undefined;
  const write = (_: unknown, __: unknown, ___: unknown, length: number): number => length;
  if (typeof stderr === 'object' && stderr !== null)
    Object.assign(stderr, { stream_ops: { write } });
}
