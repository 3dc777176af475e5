/** The graph of a TensorFlow.js graph-model: a GraphDef in JSON, whose constants lie with the weights. */
import { ModelError } from '../../base/errors.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { isObject } from '../keras/config.ts';
import type { Json, JsonObject } from '../keras/layer.ts';
import type { TfAttribute, TfFunction, TfGraph, TfNode } from '../tf/tf-graph.ts';
import { attributeOf } from './attribute.ts';
import { castWeight } from './cast-weight.ts';
import { arrayAt, objectAt, textAt } from './json.ts';
import { portsOf } from './ports.ts';
import type { Weights } from './weights.ts';

/** @throws ModelError where the file breaks its own rules */
export function graphOf(model: JsonObject, weights: Weights): TfGraph {
  const topology = objectAt(model.modelTopology, 'modelTopology');
  const nodes = arrayAt(topology.node, 'modelTopology.node').map((node) => nodeOf(node, weights));
  const names = new Set(nodes.map(({ name }) => name));
  if (names.size < nodes.length) throw new ModelError('two nodes of the graph have one name');
  const functions = new Map<string, TfFunction>();
  return { nodes, functions, ...portsOf(signatureOf(model), nodes), notes: [] };
}

/** Old converters put it among the metadata. */
function signatureOf(model: JsonObject): JsonObject {
  if (isObject(model.signature)) return model.signature;
  const { userDefinedMetadata } = model;
  return isObject(userDefinedMetadata) && isObject(userDefinedMetadata.signature)
    ? userDefinedMetadata.signature
    : {};
}

/** A node of the graph or of a function; its inputs are as the file writes them, without control inputs. */
export function nodeOf(json: Json, weights: Weights): TfNode {
  const node = objectAt(json, 'a node of the graph');
  const name = textAt(node.name, 'the name of a node');
  const op = textAt(node.op, `the op of node '${name}'`);
  const inputs = arrayAt(node.input, `the inputs of node '${name}'`)
    .map((input) => textAt(input, `an input of node '${name}'`))
    .filter((input) => !input.startsWith('^'));
  const attributes = new Map<string, TfAttribute>();
  for (const [key, value] of Object.entries(isObject(node.attr) ? node.attr : {})) {
    const attribute = attributeOf(value, `the attribute ${key} of node '${name}'`);
    if (attribute) attributes.set(key, attribute);
  }
  if (op === 'Const') attributes.set('value', constantOf(name, attributes, weights));
  return { name, op, inputs, attributes };
}

function constantOf(
  name: string,
  attributes: ReadonlyMap<string, TfAttribute>,
  weights: Weights,
): TfAttribute {
  const weight: StoredTensor | undefined = weights.get(name);
  if (!weight)
    throw new ModelError(`the constant '${name}' has no weights in weightsManifest`, {
      hint: 'The model.json belongs to other shards, or was cut off: copy it again.',
    });
  const declared = attributes.get('dtype');
  return {
    kind: 'tensor',
    value: declared?.kind === 'type' ? castWeight(weight, declared.value) : weight,
  };
}
