/** Takes back float16 where it only moves casts about: groups of nodes without weights between nodes that stay float32. */
import type { GraphEditor } from '../../../onnx/graph-editor.ts';
import { subgraphsOf } from '../../../onnx/graph-walk.ts';
import type { Model, Node } from '../../../onnx/model.ts';
import { elementCount } from '../../../onnx/tensor-data.ts';
import { hasTrait } from '../../../ops/traits.ts';
import { bodyScope, scopesOf } from '../int8/scopes.ts';
import { halfBodyResults } from './branch-results.ts';
import type { Float16Plan, KeptFloat, PlannedHalf } from './float16-plan.ts';

/** A constant of more elements is a reason to be float16: it halves. */
const LARGE_CONSTANT = 1024;

/** The plan without groups of connected float16 nodes that need casts, and none as float32. */
export function withoutIslands(model: Model, plan: Float16Plan): Float16Plan {
  const byScope = Map.groupBy(plan.nodes, ({ scope }) => scope);
  const dropped = new Set<PlannedHalf>();
  const results = branchResults(model, byScope);
  for (const { key, graph } of scopesOf(model)) {
    const nodes = new Map<Node, PlannedHalf>();
    for (const planned of byScope.get(key) ?? []) {
      const node = graph.producer(planned.name);
      if (node) nodes.set(node, planned);
    }
    const handedOn = results.get(key) ?? NONE;
    for (const group of connectedGroups(nodes, graph)) {
      const isBound = [...group].some((node) => node.outputs.some((name) => handedOn.has(name)));
      if (!isBound && isCheap(group, nodes, graph) && needsCasts(group, nodes, graph, plan.io))
        for (const node of group) dropped.add(nodes.get(node) as PlannedHalf);
    }
  }
  if (dropped.size === 0) return plan;
  const kept = [...dropped].map(
    ({ scope, name, op, node }): KeptFloat => ({
      scope,
      name,
      op,
      node,
      reason: 'it lies between nodes that stay float32: casts would cost more than it saves',
    }),
  );
  return {
    ...plan,
    nodes: plan.nodes.filter((node) => !dropped.has(node)),
    kept: [...plan.kept, ...kept],
  };
}

const NONE: ReadonlySet<string> = new Set();

/** By the scope of a branch, its results that the If around it gives as float16: those have to stay so. */
function branchResults(
  model: Model,
  byScope: ReadonlyMap<string, readonly PlannedHalf[]>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, ReadonlySet<string>>();
  for (const { key, graph } of scopesOf(model)) {
    for (const entry of byScope.get(key) ?? []) {
      const node = entry.op === 'If' ? graph.producer(entry.name) : undefined;
      for (const body of node ? subgraphsOf(node) : [])
        if (node)
          found.set(
            bodyScope(key, node, body.attribute, body.index),
            halfBodyResults(body.graph, entry),
          );
    }
  }
  return found;
}

type Planned = ReadonlyMap<Node, PlannedHalf>;

function isCheap(group: ReadonlySet<Node>, nodes: Planned, graph: GraphEditor): boolean {
  for (const node of group) {
    if (!hasTrait(node, 'elementwise') && !hasTrait(node, 'data-movement')) return false;
    for (const at of nodes.get(node)?.inputs ?? []) {
      const constant = graph.constant(node.inputs[at] ?? '');
      if (constant && elementCount(constant) >= LARGE_CONSTANT) return false;
    }
  }
  return true;
}

/** The group is maximal: what it reads from outside and who reads it are float32, but for constants and outer values. */
function needsCasts(
  group: ReadonlySet<Node>,
  nodes: Planned,
  graph: GraphEditor,
  io: Float16Plan['io'],
): boolean {
  const isBorder = (name: string): boolean =>
    io === 'float16' && !graph.parent && graph.isInput(name);
  for (const node of group) {
    const planned = nodes.get(node);
    for (const at of planned?.inputs ?? []) {
      const name = node.inputs[at] ?? '';
      const producer = graph.producer(name);
      const isInside = producer ? group.has(producer) : !graph.isInput(name);
      if (!isInside && !graph.constant(name) && !isBorder(name)) return true;
    }
    for (const at of planned?.outputs ?? []) {
      const name = node.outputs[at] ?? '';
      const isGiven = graph.isOutput(name) && (io === 'float32' || graph.parent !== undefined);
      if (isGiven || graph.consumers(name).some((reader) => !group.has(reader))) return true;
    }
  }
  return false;
}

/** Groups of planned nodes that give float16 to each other. */
function connectedGroups(nodes: Planned, graph: GraphEditor): Iterable<ReadonlySet<Node>> {
  const groupOf = new Map<Node, Set<Node>>();
  for (const node of nodes.keys()) groupOf.set(node, new Set([node]));
  for (const [node, { inputs }] of nodes) {
    for (const at of inputs) {
      const producer = graph.producer(node.inputs[at] ?? '');
      const theirs = producer && groupOf.get(producer);
      const mine = groupOf.get(node);
      if (!mine || !theirs || mine === theirs) continue;
      const [large, small] = mine.size >= theirs.size ? [mine, theirs] : [theirs, mine];
      for (const member of small) groupOf.set(member, large.add(member));
    }
  }
  return new Set(groupOf.values());
}
