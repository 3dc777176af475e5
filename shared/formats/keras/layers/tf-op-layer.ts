/** `TensorFlowOpLayer`: a node of a TensorFlow graph inside a functional model, as Keras 2.3 and before wrote it. */
import { ModelError } from '../../../base/errors.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import { Value } from '../../build/value.ts';
import { valueOp } from '../../tf/op-table.ts';
import type { TfAttribute, TfNode } from '../../tf/tf-graph.ts';
import { attributeOf } from '../../tfjs/attribute.ts';
import { isObject } from '../config.ts';
import type { Json, JsonObject, LayerCall, LayerResult, LayerTable } from '../layer.ts';
import { operandOf } from './operations-call.ts';

/** The node, which older versions wrote as JSON in a text. */
function nodeOf({ node_def: node }: JsonObject): JsonObject {
  const made: Json | undefined = typeof node === 'string' ? parsed(node) : node;
  if (isObject(made)) return made;
  throw new Unconvertible('the file does not hold its node');
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw new Unconvertible('its node is no JSON');
  }
}

function attributesOf(node: JsonObject): ReadonlyMap<string, TfAttribute> {
  const { attr } = node;
  const found = new Map<string, TfAttribute>();
  if (!isObject(attr)) return found;
  for (const [name, json] of Object.entries(attr)) {
    const attribute = attributeOf(json, `the attribute ${name}`);
    if (attribute) found.set(name, attribute);
  }
  return found;
}

/** Constants stand in the places that the configuration names, tensors in the others. */
function operandsOf({ b, config, inputs }: LayerCall): Value[] {
  const { constants } = config;
  const fixed = isObject(constants) ? Object.entries(constants) : [];
  const operands = [...inputs];
  for (const [place, value] of fixed.sort(([left], [right]) => Number(left) - Number(right)))
    operands.splice(Number(place), 0, operandOf(b, value, `input ${place}`).value);
  return operands;
}

function tfOpLayer(call: LayerCall): LayerResult {
  const node = nodeOf(call.config);
  const name = typeof node.op === 'string' ? node.op : '';
  const convert = valueOp(name);
  if (!convert) throw new Unconvertible(`the op ${name || 'without a name'} has no conversion`);
  const tfNode: TfNode = {
    name: call.name,
    op: name,
    inputs: [],
    attributes: attributesSafely(node),
  };
  const made = convert(operandsOf(call), {
    b: call.b,
    node: tfNode,
    functions: new Map(),
    call: () => {
      throw new Unconvertible('it calls a function, which the file does not hold');
    },
  });
  const outputs = made instanceof Value ? [made] : made;
  return { outputs: outputs.flatMap((value) => value ?? []) };
}

/** Attributes that are broken are the layer's trouble, not the file's. */
function attributesSafely(node: JsonObject): ReadonlyMap<string, TfAttribute> {
  try {
    return attributesOf(node);
  } catch (error) {
    if (error instanceof ModelError) throw new Unconvertible(error.message);
    throw error;
  }
}

export const TF_OP_LAYER: LayerTable = { TensorFlowOpLayer: tfOpLayer };
