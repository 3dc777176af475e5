/** The graph of a TensorFlow.js graph-model: a GraphDef in JSON, whose constants lie with the weights. */
import { ModelError } from '../../base/errors.ts';
import { isObject } from '../keras/config.ts';
import type { JsonObject } from '../keras/layer.ts';
import { calledFunctions } from '../tf/proto/assemble-graph.ts';
import type { TfGraph } from '../tf/tf-graph.ts';

import { functionsOf } from './function.ts';
import { arrayAt, objectAt } from './json.ts';
import { nodeOf } from './node.ts';
import { portsOf } from './ports.ts';
import type { Weights } from './weights.ts';

/** @throws ModelError where the file breaks its own rules */
export function graphOf(model: JsonObject, weights: Weights): TfGraph {
  const topology = objectAt(model.modelTopology, 'modelTopology');
  const nodes = arrayAt(topology.node, 'modelTopology.node').map((node) => nodeOf(node, weights));
  const names = new Set(nodes.map(({ name }) => name));
  if (names.size < nodes.length) throw new ModelError('two nodes of the graph have one name');
  const library = functionsOf(topology.library, weights);
  const functions = calledFunctions(nodes, library);
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
