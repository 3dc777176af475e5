/** A graph of the file as the converter wants it: what the outputs need, with the functions that it calls. */
import { ModelError } from '../../../base/errors.ts';
import {
  functionsIn,
  parseReference,
  type TfFunction,
  type TfGraph,
  type TfNode,
} from '../tf-graph.ts';
import type { RawGraph } from './graph.ts';
import type { RawNode } from './node.ts';
import { type Functions, resolveFunction } from './resolve-function.ts';

/** The model's inputs and outputs, by references to its graph. */
export type Ports = Pick<TfGraph, 'inputs' | 'outputs' | 'notes'>;

/**
 * `replace` gives the nodes that stand for one of the file: itself, or a constant for a variable.
 * @throws ModelError for references to nothing
 */
export function assembleGraph(
  raw: RawGraph,
  ports: Ports,
  replace: (node: RawNode) => readonly TfNode[],
): TfGraph {
  const nodes = [...neededNodes(raw, ports)].flatMap(replace);
  return { ...ports, nodes, functions: calledFunctions(nodes, raw.functions) };
}

/** Nodes of the main graph that the outputs need, inputs of the model themselves among them but not what is before. */
export function neededNodes(
  { nodes }: Pick<RawGraph, 'nodes'>,
  { inputs, outputs }: Pick<Ports, 'inputs' | 'outputs'>,
): Set<RawNode> {
  const given = new Set(inputs.map(({ tensor }) => normalized(tensor)));
  const needed = new Set<RawNode>();
  const open = outputs.map(({ tensor }) => tensor);
  for (let reference = open.pop(); reference !== undefined; reference = open.pop()) {
    if (given.has(normalized(reference))) continue;
    const node = nodes.get(parseReference(reference).node);
    if (!node)
      throw new ModelError(`the graph has no node '${reference.slice(0, 200)}', which it reads`);
    if (needed.has(node)) continue;
    needed.add(node);
    open.push(...node.inputs);
  }
  return needed;
}

/** A reference with the number of the output in any case. */
export function normalized(reference: string): string {
  const { node, output } = parseReference(reference);
  return `${node}:${output}`;
}

/** All functions that the nodes call, and those that these call; ones that the file does not hold are left out. */
export function calledFunctions(
  nodes: readonly TfNode[],
  library: Functions,
): ReadonlyMap<string, TfFunction> {
  const functions = new Map<string, TfFunction>();
  const open = [...namesIn(nodes)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (functions.has(name) || !library.has(name)) continue;
    const made = resolveFunction(library.get(name), library);
    functions.set(name, made);
    open.push(...namesIn(made.nodes));
  }
  return functions;
}

/** The op of a node may be the name of a function: the oldest way to call one. */
function* namesIn(nodes: Iterable<TfNode>): Iterable<string> {
  for (const node of nodes) {
    yield node.op;
    yield* functionsIn(node.attributes);
  }
}
