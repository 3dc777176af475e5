/** A graph whose calls are written out, so that tensors inside of functions have names of their own. */
import { LimitError } from '../../base/errors.ts';
import { FreshNames } from '../build/fresh-names.ts';
import {
  functionsIn,
  parseReference,
  type TfFunction,
  type TfGraph,
  type TfNode,
} from './tf-graph.ts';

/** Functions that call others twice, and so on, would never end (CWE-409); the largest graphs that are read have 100,000 nodes. */
const MAX_INLINED_NODES = 300_000;

/** Functions inside functions (CWE-674): models of Keras nest a few. */
const MAX_INLINED_DEPTH = 100;

const CALLS = new Set(['PartitionedCall', 'StatefulPartitionedCall']);

/**
 * Nodes of functions keep their names where these are free, else the name of the call stands in front.
 * Calls that loops and branches make stay as they are. @throws LimitError when there is no end of it
 */
export function inlineCalls(graph: TfGraph): TfGraph {
  const work = new Inlining(graph);
  const rename = work.add(graph.nodes, new Map(), '', 0);
  return {
    ...graph,
    nodes: work.nodes,
    outputs: graph.outputs.map((port) => ({ ...port, tensor: rename(port.tensor) })),
  };
}

type Rename = (reference: string) => string;

class Inlining {
  readonly nodes: TfNode[] = [];
  readonly #graph: TfGraph;
  readonly #names = new FreshNames();
  #visited = 0;

  constructor(graph: TfGraph) {
    this.#graph = graph;
    for (const { name } of graph.nodes) this.#names.take(name);
    for (const { tensor } of graph.inputs) this.#names.take(parseReference(tensor).node);
  }

  /** Adds the nodes of one body; gives what its references are called in the whole graph. */
  add(
    nodes: readonly TfNode[],
    given: ReadonlyMap<string, string>,
    prefix: string,
    depth: number,
  ): Rename {
    if (depth > MAX_INLINED_DEPTH)
      throw new LimitError(`functions call each other more than ${MAX_INLINED_DEPTH} deep`);
    const names = new Map<string, string>();
    /** Results of calls, as references of the whole graph. */
    const results = new Map<string, readonly string[]>();
    const byName = new Map(nodes.map((node) => [node.name, node]));
    const rename: Rename = (reference) => {
      const { node, output } = parseReference(reference);
      const known = given.get(node) ?? results.get(node)?.[output];
      if (known !== undefined) return known;
      const name = names.get(node) ?? node;
      return output === 0 ? name : `${name}:${output}`;
    };
    for (const node of inOrder(byName)) {
      if (given.has(node.name)) continue;
      if (++this.#visited > MAX_INLINED_NODES)
        throw new LimitError(`the graph has more than ${MAX_INLINED_NODES} nodes in all its calls`);
      const target = this.#called(node);
      const inputs = node.inputs.map(rename);
      if (target) {
        results.set(node.name, this.#call(target, inputs, node.name, depth));
        continue;
      }
      const name = depth === 0 ? node.name : this.#free(node.name, prefix);
      names.set(node.name, name);
      this.nodes.push({ ...node, name, inputs });
    }
    return rename;
  }

  #call(
    target: TfFunction,
    inputs: readonly string[],
    name: string,
    depth: number,
  ): readonly string[] {
    const given = new Map(
      target.parameters.map((parameter, index) => [parameter, inputs[index] ?? parameter]),
    );
    const rename = this.add(target.nodes, given, name, depth + 1);
    return target.results.map(rename);
  }

  #called(node: TfNode): TfFunction | undefined {
    const { functions } = this.#graph;
    if (functions.has(node.op)) return functions.get(node.op);
    const [name = ''] = CALLS.has(node.op) ? functionsIn(node.attributes) : [];
    return functions.get(name);
  }

  #free(name: string, prefix: string): string {
    return this.#names.fresh(this.#names.has(name) ? `${prefix}/${name}` : name);
  }
}

/** Each node behind its inputs, without recursion; nodes of a cycle come in any order. */
function inOrder(nodes: ReadonlyMap<string, TfNode>): TfNode[] {
  const ordered: TfNode[] = [];
  const seen = new Set<string>();
  for (const start of nodes.values()) {
    const path = [{ node: start, next: 0 }];
    if (seen.has(start.name)) continue;
    seen.add(start.name);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const input = top.node.inputs[top.next++];
      if (input === undefined) {
        ordered.push(top.node);
        path.pop();
        continue;
      }
      const node = nodes.get(parseReference(input).node);
      if (!node || seen.has(node.name)) continue;
      seen.add(node.name);
      path.push({ node, next: 0 });
    }
  }
  return ordered;
}
