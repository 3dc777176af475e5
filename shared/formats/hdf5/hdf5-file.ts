/**
 * HDF5 files, read in place: groups, texts and numbers, as far as models are made of them. Weights that lie in one
 * piece stay ranges of the file. Nothing leads out of it: links to other files and data in them are not followed.
 *
 * Own code, as neither library fits: h5wasm (libhdf5 as WebAssembly) takes 110 ms of CPU before it reads a byte,
 * a quarter of a conversion; jsfive wants the whole file in memory, gives numbers one by one, has no bounds and leaves
 * out attributes that are not in a header. The tests hold it against libhdf5.
 *
 * Source: HDF5 File Format Specification Version 3.0, https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html.
 */
import { LimitError, ModelError } from '../../base/errors.ts';
import type { ByteSource, StoredTensor } from '../../onnx/stored-tensor.ts';
import { type Attribute, readAttribute, textsOf } from './attribute.ts';
import { treeRecords } from './b-tree.ts';
import { damaged, type FileBytes, refused } from './file-bytes.ts';
import { FractalHeap } from './fractal-heap.ts';
import { GlobalHeap } from './global-heap.ts';
import type { Links } from './link.ts';
import { readLinks } from './links.ts';
import { MESSAGE, ObjectHeader } from './object-header.ts';
import { storedDataset } from './stored-dataset.ts';
import { readSuperblock } from './superblock.ts';

/** As libhdf5 has it: soft links that lead to soft links (CWE-674). */
const MAX_SOFT_LINKS = 16;

/** Parts of an attribute that was too long for one (`weight_names0`, …). */
const MAX_ATTRIBUTE_PARTS = 10_000;

/** Records of an object's tree, by the hash of a name: an identifier in the heap, and flags of a message. */
const ATTRIBUTES_BY_NAME = 8;
const HEAP_ID_BYTES = 8;

/** An object that was looked at. */
interface Found {
  readonly header: ObjectHeader;
  /** What lies in it, if it is a group. */
  readonly links: Links | undefined;
  attributes?: ReadonlyMap<string, Attribute>;
}

/** One file. Paths begin with `/`. Whoever opened the source closes it. */
export class Hdf5File {
  readonly #file: FileBytes;
  readonly #root: number | undefined;
  readonly #heap: GlobalHeap;
  /** By the addresses of their headers. */
  readonly #objects = new Map<number, Found>();

  /** @throws ModelError when it is no HDF5 file or a damaged one */
  constructor(source: ByteSource) {
    const { file, root } = readSuperblock(source);
    this.#file = file;
    this.#root = root;
    this.#heap = new GlobalHeap(file);
    if (this.kind('/') !== 'group') throw damaged(source.name);
  }

  /** What lies at the path; `undefined` for nothing, and for links that lead out of the file. */
  kind(path: string): 'group' | 'dataset' | undefined {
    const found = this.#find(path);
    if (found?.links) return 'group';
    return found?.header.has(MESSAGE.layout) ? 'dataset' : undefined;
  }

  /** Names of what lies in a group; none when there is no such group. */
  names(path: string): readonly string[] {
    return [...(this.#find(path)?.links?.keys() ?? [])];
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
    throw new LimitError(`${this.#file.name}: the attribute ${attribute} has too many parts`);
  }

  /**
   * A dataset, read when it is written.
   * @throws ModelError when there is none, or of a type that weights do not have; UnsupportedError for odd storage
   */
  tensor(path: string, name: string): StoredTensor {
    const where = `${this.#file.name}: "${path}"`;
    const found = this.#find(path);
    if (!found || this.kind(path) !== 'dataset')
      throw new ModelError(`${where} is not in the file`);
    // A type that HDF5 does not have: Keras writes the bytes, and what they are beside them.
    const isBfloat16 = this.text(path, 'dtype') === 'bfloat16';
    return storedDataset(this.#file, found.header, { name, where, isBfloat16 });
  }

  #find(path: string): Found | undefined {
    const steps = stepsOf(path).reverse();
    let redirects = 0;
    let found = this.#object(this.#root);
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      const link = found?.links?.get(step);
      if (!link || link.kind === 'outside') return undefined;
      if (link.kind === 'hard') found = this.#object(link.address);
      else {
        if (++redirects > MAX_SOFT_LINKS) return undefined;
        if (link.path.startsWith('/')) found = this.#object(this.#root);
        steps.push(...stepsOf(link.path).reverse());
      }
    }
    return found;
  }

  #object(address: number | undefined): Found | undefined {
    if (address === undefined) return undefined;
    const known = this.#objects.get(address);
    if (known) return known;
    const header = ObjectHeader.read(this.#file, address);
    const found = { header, links: readLinks(this.#file, header) };
    this.#objects.set(address, found);
    return found;
  }

  #attribute(path: string, name: string): readonly string[] | undefined {
    const found = this.#find(path);
    if (!found) return undefined;
    found.attributes ??= new Map(
      [...this.#attributesOf(found.header)].map((attribute) => [attribute.name, attribute]),
    );
    const attribute = found.attributes.get(name);
    return attribute && textsOf(this.#file, this.#heap, attribute);
  }

  *#attributesOf(header: ObjectHeader): Generator<Attribute> {
    const file = this.#file;
    for (const message of header.all(MESSAGE.attribute)) yield readAttribute(file, message);
    const info = header.get(MESSAGE.attributeInfo);
    if (!info) return;
    const flags = info.version(0).u8();
    // The largest number in the order of their making.
    if (flags & 1) info.skip(2);
    const [heapAddress, tree] = [info.address(), info.address()];
    if (heapAddress === undefined || tree === undefined) return;
    const heap = new FractalHeap(file, heapAddress);
    for (const record of treeRecords(file, tree, ATTRIBUTES_BY_NAME)) {
      const id = record.part(HEAP_ID_BYTES);
      if (record.u8() & 2) throw refused(file.name, 'keeps attributes of its objects in one heap');
      yield readAttribute(file, heap.object(id));
    }
  }
}

const stepsOf = (path: string): string[] =>
  path.split('/').filter((step) => step !== '' && step !== '.');
