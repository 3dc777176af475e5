/** Goes through the main graph of a model and finds which channels hang together. */
import { UnsupportedError } from '../../../base/errors.ts';
import { allGraphs, subgraphsOf } from '../../../onnx/graph-walk.ts';
import type { Graph, Model, Node } from '../../../onnx/model.ts';
import { hasTrait } from '../../../ops/traits.ts';
import type { KnownTypes } from '../../../rewrite/graph-context.ts';
import { channelRule } from './channel-rules.ts';
import { labelOf, Trace } from './trace.ts';

/** Before it, Softmax and Squeeze meant other axes, and ReduceSum had its axes elsewhere. */
export const OLDEST_OPSET = 13;

/**
 * Types of the model's values are given. Bodies of If, Loop and Scan are not entered: what they read stays whole.
 * @throws UnsupportedError for a model before opset 13
 */
export function traceChannels(model: Model, types: KnownTypes): Trace {
  const opset = model.opsets.get('') ?? 0;
  if (opset < OLDEST_OPSET)
    throw new UnsupportedError(`channels are removed from opset ${OLDEST_OPSET} on, not ${opset}`);
  const trace = new Trace(model, types);
  for (const node of model.graph.nodes) follow(node, trace);
  for (const { name } of model.graph.outputs) trace.freeze(name, `they are in output '${name}'`);
  return trace;
}

function follow(node: Node, trace: Trace): void {
  if (node.opType === 'Constant' && node.domain === '') return;
  const reason = whyNotFollowed(node, trace);
  if (reason !== undefined) trace.freezeInputs(node, `${labelOf(node)}: ${reason}`);
}

function whyNotFollowed(node: Node, trace: Trace): string | undefined {
  const bodies = subgraphsOf(node);
  if (bodies.some(({ graph }) => hasWeights(graph))) trace.bodies.push(node);
  if (bodies.length > 0) return 'its bodies are not looked into';
  const rule = channelRule(node);
  return rule ? rule(node, trace) : 'how channels go through it is not known';
}

/** Whether it, or a body in it, multiplies with anything. */
const hasWeights = (graph: Graph): boolean =>
  [...allGraphs(graph)].some(({ graph: { nodes } }) =>
    nodes.some((node) => hasTrait(node, 'weighted')),
  );
