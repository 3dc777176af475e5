/** Nodes by name, each read when it is asked for the first time: of a saved Keras model a signature needs one in five. */
import { type RawNode, readNode } from './node.ts';
import type { TfReader } from './tf-reader.ts';

/** Nodes of a graph or function by name; a map is one. */
export interface Nodes {
  readonly size: number;
  has(name: string): boolean;
  get(name: string): RawNode | undefined;
  keys(): Iterable<string>;
  values(): Iterable<RawNode>;
}

/** What a node takes that is not read. */
const PLACE_BYTES = 150;

/** Where a node lies in the source. */
interface Place {
  readonly offset: number;
  readonly length: number;
}

/** The nodes that one reader comes by. It stays in use: see {@link NodeTable.get}. */
export class NodeTable implements Nodes {
  readonly #reader: TfReader;
  readonly #nodes = new Map<string, RawNode | Place>();

  constructor(reader: TfReader) {
    this.#reader = reader;
  }

  /** Takes the current field of the reader as a node. @throws ModelError for one of a name that is taken */
  addCurrent(): void {
    const reader = this.#reader;
    const [name, place] = reader.message(() => {
      const { offset, length } = reader.contents;
      return [readName(reader), { offset, length }] as const;
    });
    if (this.#nodes.has(name)) throw reader.error(`two nodes are named '${name.slice(0, 200)}'`);
    reader.charge(PLACE_BYTES);
    this.#nodes.set(name, place);
  }

  get size(): number {
    return this.#nodes.size;
  }

  has(name: string): boolean {
    return this.#nodes.has(name);
  }

  /** Reads it, the first time. @throws ModelError for one that is damaged */
  get(name: string): RawNode | undefined {
    const known = this.#nodes.get(name);
    if (!known || 'op' in known) return known;
    const reader = this.#reader;
    const node = reader.messageAt(known.offset, known.length, () => readNode(reader));
    if (node.name !== name) throw reader.error(`the node '${name.slice(0, 200)}' has two names`);
    this.#nodes.set(name, node);
    return node;
  }

  keys(): Iterable<string> {
    return this.#nodes.keys();
  }

  *values(): Iterable<RawNode> {
    for (const name of this.#nodes.keys()) {
      const node = this.get(name);
      if (node) yield node;
    }
  }
}

/** The name of the current message, a node, of which nothing else is read. */
function readName(reader: TfReader): string {
  let name = '';
  while (name === '' && reader.next()) {
    if (reader.field === 1) name = reader.string();
    else reader.skip();
  }
  reader.leave();
  return name;
}
