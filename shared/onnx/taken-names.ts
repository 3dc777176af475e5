/** Names that a model under edit may not give again: those that it has, and those that it had since it was opened. */
import { definedNames } from './graph-walk.ts';
import type { Graph } from './model.ts';

/** Most editors never ask for a name: the graph is searched for them when one first does. */
export class TakenNames {
  readonly #graph: Graph;
  #added: string[] = [];
  #names: Set<string> | undefined;

  /** Of everything in the graph, bodies included. */
  constructor(graph: Graph) {
    this.#graph = graph;
  }

  add(name: string): void {
    if (this.#names) this.#names.add(name);
    else this.#added.push(name);
  }

  /** `hint`, or the first of `hint_1`, `hint_2` … that nothing has. It is taken at once. */
  fresh(hint: string): string {
    const names = this.#all();
    let name = hint;
    for (let suffix = 1; name === '' || names.has(name); suffix++) name = `${hint}_${suffix}`;
    names.add(name);
    return name;
  }

  #all(): Set<string> {
    if (this.#names) return this.#names;
    this.#names = definedNames(this.#graph);
    for (const name of this.#added) this.#names.add(name);
    this.#added = [];
    return this.#names;
  }
}
