/**
 * Control flow of TensorFlow 1 (Enter, Merge, Switch, Exit, NextIteration) → While, If and Case with functions,
 * as TensorFlow 2 writes it. TensorFlow.js files have it too: its converter takes functions apart.
 *
 * Source: "Implementation of Control Flow in TensorFlow" (2017), and control_flow_ops.py.
 */
import { Unconvertible } from '../../../build/unconvertible.ts';
import type { TfStructuralOp, TfStructuralOpTable } from '../../op.ts';
import type { TfFunction, TfGraph, TfNode } from '../../tf-graph.ts';
import { lowerBranches } from './lower-branches.ts';
import { lowerLoop } from './lower-loop.ts';
import { NodeWeb } from './node-web.ts';
import { type Pending, trace } from './trace.ts';

/** The graph without such nodes; what cannot be rewritten stays, with the reason. @throws LimitError */
export function lowerFrames(graph: TfGraph): TfGraph {
  const functions = new Map(graph.functions);
  for (const target of graph.functions.values()) {
    const nodes = lowerNodes(target.nodes, target.results, functions);
    if (nodes !== target.nodes) functions.set(target.name, { ...target, nodes });
  }
  const wanted = graph.outputs.map(({ tensor }) => tensor);
  const nodes = lowerNodes(graph.nodes, wanted, functions);
  return functions.size === graph.functions.size && nodes === graph.nodes
    ? graph
    : { ...graph, nodes, functions };
}

function lowerNodes(
  nodes: readonly TfNode[],
  wanted: readonly string[],
  functions: Map<string, TfFunction>,
): readonly TfNode[] {
  if (!nodes.some(({ op }) => op === 'Merge' || op === 'RefMerge')) return nodes;
  const web = new NodeWeb(nodes, functions);
  const path: (Pending | undefined)[] = [undefined];
  const state = new Map<string, 'open' | 'done'>();
  for (let top = path.at(-1); path.length > 0; top = path.at(-1)) {
    const key = keyOf(top);
    const first = state.get(key) === 'done' ? [] : lower(web, top, wanted);
    state.set(key, first.length === 0 ? 'done' : 'open');
    if (first.length === 0) path.pop();
    // What waits for itself is no control flow.
    if (first.some((pending) => state.get(keyOf(pending)) === 'open')) return stuck(web);
    path.push(...first);
  }
  return [...web.nodes.values()];
}

/** Rewrites one loop or one pair of branches, or looks at the whole; gives what comes before that. */
function lower(
  web: NodeWeb,
  pending: Pending | undefined,
  wanted: readonly string[],
): readonly Pending[] {
  switch (pending?.kind) {
    case 'loop':
      return lowerLoop(web, pending.frame);
    case 'branches':
      return lowerBranches(web, pending.merge, pending.siblings);
    case undefined:
      return trace(web, wanted, () => undefined).pending;
  }
}

const keyOf = (pending: Pending | undefined): string =>
  pending?.kind === 'loop' ? `loop ${pending.frame.name}` : `branches ${pending?.merge ?? ''}`;

function stuck(web: NodeWeb): readonly TfNode[] {
  for (const node of [...web.nodes.values()])
    if (node.op === 'Merge' || node.op === 'Exit')
      web.refuse(node, 'its loops and branches do not lie in each other');
  return [...web.nodes.values()];
}

const refusal: TfStructuralOp = (_, { node }) => {
  const reason = node.attributes.get('reason');
  throw new Unconvertible(
    reason?.kind === 'string' ? reason.value : 'it is outside of any loop or branch',
    'Export the model again with TensorFlow 2, which writes loops and branches as functions.',
  );
};

/** What is left of such nodes where they make no sense. */
export const CONTROL_NODES: TfStructuralOpTable = {
  Merge: refusal,
  Exit: refusal,
  Switch: refusal,
  Enter: refusal,
  NextIteration: refusal,
  LoopCond: refusal,
};
