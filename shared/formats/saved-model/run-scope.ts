/**
 * What nodes of a graph set when one of them is run: variables and tables. Functions are followed with the
 * arguments of each call, so that a parameter is the node of the main graph that it stands for.
 */
import { LimitError } from '../../base/errors.ts';
import type { RawFunction } from '../tf/proto/function.ts';
import type { RawGraph } from '../tf/proto/graph.ts';
import type { RawNode } from '../tf/proto/node.ts';
import type { Nodes } from '../tf/proto/node-table.ts';
import { outputNumber } from '../tf/proto/op-outputs.ts';
import { parseReference } from '../tf/tf-graph.ts';

/** How deep restoring calls functions (CWE-674); TensorFlow's own is two deep. */
const MAX_DEPTH = 20;

/** Nodes that are visited, those of a function once for each call (CWE-400); a variable takes three. */
const MAX_VISITS = 300_000;

/** An output of a node, in the main graph or in one call of a function. */
export interface Bound {
  readonly scope: Scope;
  readonly node: RawNode;
  readonly output: number;
}

/** Where names mean something. */
export interface Scope {
  readonly nodes: Pick<Nodes, 'get'>;
  /** Of a call. */
  readonly parameters?: ReadonlyMap<string, Bound | undefined>;
}

/** Nodes that do something when those of `starts` are run, each with the scope of its names. */
export function* nodesRunBy(
  graph: RawGraph,
  starts: Iterable<string>,
): Iterable<{ readonly scope: Scope; readonly node: RawNode }> {
  const main: Scope = { nodes: graph.nodes };
  const state = { visits: 0 };
  yield* run(graph, main, reachedFrom(graph.nodes, starts), 0, state);
}

function* run(
  graph: RawGraph,
  scope: Scope,
  nodes: Iterable<RawNode>,
  depth: number,
  state: { visits: number },
): Iterable<{ readonly scope: Scope; readonly node: RawNode }> {
  for (const node of nodes) {
    if (++state.visits > MAX_VISITS)
      throw new LimitError(`what sets up the model has more than ${MAX_VISITS} nodes`);
    yield { scope, node };
    const target = calledBy(graph, node);
    if (!target || depth >= MAX_DEPTH) continue;
    const parameters = new Map(
      target.parameters.map(({ name }, index) => [name, locate(scope, node.inputs[index])]),
    );
    // All nodes of a function that have an effect are run, whether its results need them or not.
    yield* run(graph, { nodes: target.nodes, parameters }, target.nodes.values(), depth + 1, state);
  }
}

/** The function that a call runs. */
function calledBy({ functions }: RawGraph, node: RawNode): RawFunction | undefined {
  const target = node.attributes.get('f');
  const name =
    /PartitionedCall$/.test(node.op) && target?.kind === 'function' ? target.value : node.op;
  return functions.has(name) ? functions.get(name) : undefined;
}

/** The nodes and all that has to run before them, by inputs and by order alone. */
export function reachedFrom(nodes: Pick<Nodes, 'get'>, starts: Iterable<string>): Set<RawNode> {
  const reached = new Set<RawNode>();
  const open = [...starts];
  for (let reference = open.pop(); reference !== undefined; reference = open.pop()) {
    const node = nodes.get(parseReference(reference).node);
    if (!node || reached.has(node)) continue;
    reached.add(node);
    open.push(...node.inputs, ...node.controls);
  }
  return reached;
}

/** What a reference means; `undefined` for nothing. */
export function locate(scope: Scope, reference: string | undefined): Bound | undefined {
  if (reference === undefined) return undefined;
  if (!scope.parameters) {
    const { node: name, output } = parseReference(reference);
    const node = scope.nodes.get(name);
    return node && { scope, node, output };
  }
  if (scope.parameters.has(reference)) return scope.parameters.get(reference);
  const [name = '', output = '', index = '0'] = reference.split(':', 3);
  const node = scope.nodes.get(name);
  return node && { scope, node, output: outputNumber(node, output, Number(index) || 0) };
}

/** Ops that pass on what they get. */
const PASSING = new Set(['Identity', 'IdentityN', 'Cast', 'ReadVariableOp', 'EnsureShape']);

/** Chains of ops that only pass something on are short. */
const MAX_STEPS = 50;

/** What a reference means, behind all that only passes it on. */
export function trace(scope: Scope, reference: string | undefined): Bound | undefined {
  let bound = locate(scope, reference);
  for (let step = 0; bound && PASSING.has(bound.node.op) && step < MAX_STEPS; step++) {
    const { node, output } = bound;
    bound = locate(bound.scope, node.inputs[node.op === 'IdentityN' ? output : 0]);
  }
  return bound;
}
