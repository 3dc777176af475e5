/**
 * Control flow of TensorFlow 1 (Enter, Merge, Switch, Exit, NextIteration) → While, If and Case with functions,
 * as TensorFlow 2 writes it. TensorFlow.js files have it too: its converter takes functions apart.
 *
 * Source: "Implementation of Control Flow in TensorFlow" (2017), and control_flow_ops.py.
 */
import { Unconvertible } from '../../../build/unconvertible.ts';
import type { TfStructuralOp, TfStructuralOpTable } from '../../op.ts';
import type { TfFunction, TfGraph, TfNode } from '../../tf-graph.ts';
import { discoverBranches, lowerBranches } from './lower-branches.ts';
import { discoverLoop, lowerLoop } from './lower-loop.ts';
import { NodeWeb } from './node-web.ts';
import { Discovery, type Pending } from './trace.ts';

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
  const path: Step[] = [
    { key: '', discovery: new Discovery(web, wanted, () => undefined), finish: () => undefined },
  ];
  const state = new Map<string, 'open' | 'done'>();
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const isDone = state.get(top.key) === 'done';
    const first = isDone ? [] : top.discovery.next();
    state.set(top.key, first.length === 0 ? 'done' : 'open');
    if (first.length === 0) {
      path.pop();
      if (!isDone) top.finish();
    }
    for (const pending of first) {
      const step = stepOf(web, pending);
      // What waits for itself is no control flow.
      if (state.get(step.key) === 'open') return stuck(web);
      path.push(step);
    }
  }
  return [...web.nodes.values()];
}

/** One loop or one pair of branches on the way. */
interface Step {
  readonly key: string;
  readonly discovery: Discovery;
  readonly finish: () => void;
}

function stepOf(web: NodeWeb, pending: Pending): Step {
  if (pending.kind === 'loop') {
    const { frame } = pending;
    return {
      key: `loop ${frame.name}`,
      discovery: discoverLoop(web, frame),
      finish: () => lowerLoop(web, frame),
    };
  }
  const { merge, siblings } = pending;
  return {
    key: `branches ${merge}`,
    discovery: discoverBranches(web, merge),
    finish: () => lowerBranches(web, merge, siblings),
  };
}

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
