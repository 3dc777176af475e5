/** Inputs and outputs of a graph that does not name them. */
import { InputError, ModelError, UnsupportedError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import { namedSizes } from '../tf/named-sizes.ts';
import { neededNodes, normalized, type Ports } from '../tf/proto/assemble-graph.ts';
import type { RawGraph } from '../tf/proto/graph.ts';
import type { RawNode } from '../tf/proto/node.ts';
import { outputCount } from '../tf/proto/op-outputs.ts';
import { parseReference, type TfInputPort, type TfPort } from '../tf/tf-graph.ts';

/** Ops that give nothing that a user would want; a Switch that nobody reads only orders what runs. */
const SILENT = new Set([
  'Assert',
  'Const',
  'NoOp',
  'Placeholder',
  'PlaceholderWithDefault',
  'Print',
  'RefSwitch',
  'Switch',
]);

/** Ops whose first output is the result, and the others are notes for other ops. */
const OF_ONE_RESULT = /^(Ref)?Merge$|^_?FusedBatchNorm/;

/** Outputs that are guessed: a graph with more unread ends than a model has outputs is not frozen for one. */
const MAX_GUESSED_OUTPUTS = 50;

/**
 * Named as tensors are: `image:0`. Outputs are those that are `wanted`, else the results of all nodes that
 * no other one reads. @throws InputError for a tensor that is not there, UnsupportedError without outputs
 */
export function frozenPorts(
  raw: RawGraph,
  wanted: readonly string[] | undefined,
  shown: string,
): Ports {
  if (raw.nodes.size === 0) throw new ModelError(`'${shown}' holds no nodes`);
  const outputs = wanted ? wanted.map((name) => namedPort(raw, name, shown)) : ends(raw, shown);
  const needed = neededNodes(raw, { inputs: [], outputs });
  const notes: string[] = [];
  const inputs: TfInputPort[] = [];
  for (const node of raw.nodes.values()) {
    if (node.op !== 'Placeholder') continue;
    if (needed.has(node)) inputs.push(inputPort(node, shown));
    else notes.push(`The placeholder "${node.name}" is left out: no output needs it.`);
  }
  return { inputs, outputs, notes };
}

function namedPort(raw: RawGraph, name: string, shown: string): TfPort {
  const { node } = parseReference(name);
  if (raw.nodes.has(node)) return { name: normalized(name), tensor: name };
  throw new InputError(`${shown} has no node "${node}"${didYouMean(node, [...raw.nodes.keys()])}`, {
    hint: 'Give outputs as "node:0"; names of nodes are those that the model was made with.',
  });
}

function inputPort(node: RawNode, shown: string): TfInputPort {
  const type = node.attributes.get('dtype');
  const shape = node.attributes.get('shape');
  if (type?.kind !== 'type' || type.value === 'resource' || type.value === 'variant')
    throw new UnsupportedError(`the input "${node.name}" of ${shown} is no tensor`);
  if (type.value === 'unknown')
    throw new UnsupportedError(
      `the input "${node.name}" of ${shown} is of a type that ONNX does not have`,
    );
  return {
    name: `${node.name}:0`,
    tensor: node.name,
    type: type.value,
    shape: shape?.kind === 'shape' ? namedSizes(shape.value, node.name) : null,
  };
}

/** What no node reads: all results of those nodes. */
function ends({ nodes }: RawGraph, shown: string): TfPort[] {
  const read = new Set<string>();
  for (const { inputs, controls } of nodes.values()) {
    for (const input of inputs) read.add(parseReference(input).node);
    // What others only wait for checks or orders something.
    for (const control of controls) read.add(control);
  }
  const ports: TfPort[] = [];
  for (const node of nodes.values()) {
    if (read.has(node.name) || SILENT.has(node.op)) continue;
    const count = OF_ONE_RESULT.test(node.op) ? 1 : outputCount(node);
    for (let output = 0; output < count && ports.length <= MAX_GUESSED_OUTPUTS; output++)
      ports.push({ name: `${node.name}:${output}`, tensor: `${node.name}:${output}` });
  }
  if (ports.length > 0 && ports.length <= MAX_GUESSED_OUTPUTS) return ports;
  throw new UnsupportedError(
    ports.length === 0
      ? `${shown} has no outputs: every node is read by another one`
      : `${shown} has more than ${MAX_GUESSED_OUTPUTS} results that no node reads`,
    { hint: 'Name the outputs that you want with --outputs NODE:0,….' },
  );
}
