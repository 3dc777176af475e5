/** Nodes of a graph or a function, whose constants lie with the weights. */
import { ModelError } from '../../base/errors.ts';
import { isObject } from '../keras/config.ts';
import type { Json } from '../keras/layer.ts';
import type { RawNode } from '../tf/proto/node.ts';
import type { TfAttribute } from '../tf/tf-graph.ts';
import { attributeOf } from './attribute.ts';
import { castWeight } from './cast-weight.ts';
import { arrayAt, objectAt, textAt } from './json.ts';
import type { Weights } from './weights.ts';

/** Its inputs are as the file writes them. @throws ModelError where the file breaks its own rules */
export function nodeOf(json: Json, weights: Weights): RawNode {
  const node = objectAt(json, 'a node of the graph');
  const name = textAt(node.name, 'the name of a node');
  const op = textAt(node.op, `the op of node '${name}'`);
  const inputs: string[] = [];
  const controls: string[] = [];
  for (const item of arrayAt(node.input, `the inputs of node '${name}'`)) {
    const input = textAt(item, `an input of node '${name}'`);
    if (input.startsWith('^')) controls.push(input.slice(1));
    else inputs.push(input);
  }
  const attributes = new Map<string, TfAttribute>();
  for (const [key, value] of Object.entries(isObject(node.attr) ? node.attr : {})) {
    const attribute = attributeOf(value, `the attribute ${key} of node '${name}'`);
    if (attribute) attributes.set(key, attribute);
  }
  if (op === 'Const') attributes.set('value', constantOf(name, attributes, weights));
  return { name, op, inputs, controls, attributes };
}

function constantOf(
  name: string,
  attributes: ReadonlyMap<string, TfAttribute>,
  weights: Weights,
): TfAttribute {
  const weight = weights.get(name);
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
