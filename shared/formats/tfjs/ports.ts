/** The inputs and outputs of a graph-model, as users of TensorFlow.js see them. */
import { ModelError } from '../../base/errors.ts';
import type { ElementType } from '../../onnx/element-type.ts';
import type { Shape } from '../build/dims.ts';
import { isObject } from '../keras/config.ts';
import type { Json, JsonObject } from '../keras/layer.ts';
import { namedSizes } from '../tf/named-sizes.ts';
import {
  parseReference,
  type TfGraph,
  type TfInputPort,
  type TfNode,
  type TfPort,
  type TfType,
} from '../tf/tf-graph.ts';
import { shapeOf, typeOf } from './attribute.ts';
import { textAt } from './json.ts';

/** Ops that give nothing a user would want. */
const SILENT = new Set(['Const', 'NoOp', 'Placeholder', 'Assert', 'PlaceholderWithDefault']);

/**
 * Those of the signature, under its keys; without one, the placeholders and whatever no other node reads.
 * @throws ModelError for one that is not in the graph, or whose type the file does not say
 */
export function portsOf(
  signature: JsonObject,
  nodes: readonly TfNode[],
): Pick<TfGraph, 'inputs' | 'outputs'> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const given = entriesOf(signature.inputs);
  const inputs = given.length > 0 ? given : placeholders(nodes);
  const outputs = entriesOf(signature.outputs);
  if (inputs.length === 0) throw new ModelError('the graph has no inputs');
  const ports = outputs.length > 0 ? outputs.map(toPort) : ends(nodes);
  for (const { tensor } of ports) findNode(tensor, byName);
  if (ports.length === 0) throw new ModelError('the graph has no outputs');
  return { inputs: inputs.map((entry) => toInput(entry, byName)), outputs: ports };
}

interface Entry {
  readonly name: string;
  readonly info: JsonObject;
}

function entriesOf(map: Json | undefined): Entry[] {
  return Object.entries(isObject(map) ? map : {}).map(([name, info]) => ({
    name,
    info: isObject(info) ? info : {},
  }));
}

const placeholders = (nodes: readonly TfNode[]): Entry[] =>
  nodes.filter(({ op }) => op === 'Placeholder').map(({ name }) => ({ name, info: { name } }));

const toPort = ({ name, info }: Entry): TfPort => ({
  name,
  tensor: textAt(info.name, `the tensor of the output '${name}'`),
});

function toInput({ name, info }: Entry, byName: ReadonlyMap<string, TfNode>): TfInputPort {
  const tensor = textAt(info.name, `the tensor of the input '${name}'`);
  const { attributes } = findNode(tensor, byName);
  const declared = attributes.get('dtype');
  const type = declared?.kind === 'type' ? declared.value : typeOf(info.dtype);
  const shape = namedSizes(inputShape(info, attributes), parseReference(tensor).node);
  return { name, tensor, type: elementType(type, name), shape };
}

/** What the signature says, else what the placeholder does. */
function inputShape(info: JsonObject, attributes: TfNode['attributes']): Shape | null {
  const given = shapeOf(info.tensorShape, 'the shape of an input');
  if (given) return given;
  const declared = attributes.get('shape');
  return declared?.kind === 'shape' ? declared.value : null;
}

function elementType(type: TfType, name: string): ElementType {
  if (type !== 'resource' && type !== 'variant' && type !== 'unknown') return type;
  throw new ModelError(`the input '${name}' is no tensor: its type is ${type}`);
}

function findNode(tensor: string, byName: ReadonlyMap<string, TfNode>): TfNode {
  const node = byName.get(parseReference(tensor).node);
  if (node) return node;
  throw new ModelError(`the signature names '${tensor.slice(0, 80)}', which is not in the graph`);
}

/** Nodes that no other one reads. */
function ends(nodes: readonly TfNode[]): TfPort[] {
  const read = new Set(
    nodes.flatMap(({ inputs }) => inputs.map((input) => parseReference(input).node)),
  );
  return nodes
    .filter(({ name, op }) => !read.has(name) && !SILENT.has(op))
    .map(({ name }) => ({ name, tensor: name }));
}
