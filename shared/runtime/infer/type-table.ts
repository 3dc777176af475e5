/** What is known about the types of a model's values, graph by graph. */
import type { Graph, ValueType } from '../../onnx/model.ts';

/** Types of every value that could be inferred; of the others, why not. */
export interface TypeTable {
  /**
   * The type of a value as the graph sees it: its own, or one of a graph around it. `undefined` when
   * it is unknown. Dims are numbers, names, or `null`; `shape: null` means an unknown rank.
   */
  get(graph: Graph, valueName: string): ValueType | undefined;
  /** All known types of the graph's own values. */
  of(graph: Graph): ReadonlyMap<string, ValueType>;
  /** Why a value of this graph has no type: one sentence. */
  whyUnknown(graph: Graph, valueName: string): string | undefined;
}

interface Entry {
  readonly outer: Graph | undefined;
  readonly types: ReadonlyMap<string, ValueType>;
  readonly unknown: ReadonlyMap<string, string>;
}

const NONE: ReadonlyMap<string, ValueType> = new Map();

/** The table while it is being filled. */
export class TypeTableBuilder implements TypeTable {
  readonly #entries = new Map<Graph, Entry>();

  set(graph: Graph, entry: Entry): void {
    this.#entries.set(graph, entry);
  }

  get(graph: Graph, valueName: string): ValueType | undefined {
    for (let at: Graph | undefined = graph; at; at = this.#entries.get(at)?.outer) {
      const type = this.#entries.get(at)?.types.get(valueName);
      if (type) return type;
    }
    return undefined;
  }

  of(graph: Graph): ReadonlyMap<string, ValueType> {
    return this.#entries.get(graph)?.types ?? NONE;
  }

  whyUnknown(graph: Graph, valueName: string): string | undefined {
    return this.#entries.get(graph)?.unknown.get(valueName);
  }
}
