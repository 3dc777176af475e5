/**
 * Element types of values by the signatures of the operators alone: no runtime, no shapes. Enough to
 * make a scalar of the type that its neighbour has.
 */

import { ELEMENT_TYPES, type ElementType, elementTypeOf } from '../onnx/element-type.ts';
import { subgraphsOf } from '../onnx/graph-walk.ts';
import type { Graph, Model, Node, ValueInfo } from '../onnx/model.ts';
import { findOp, parameterAt } from '../ops/find-op.ts';

/** The element type of a value as the graph sees it, or `undefined`. */
export type ElementTypeOf = (graph: Graph, value: string) => ElementType | undefined;

type Types = Map<string, ElementType>;
type Lookup = (value: string) => ElementType | undefined;

/** Walks the model once, front to back. */
export function elementTypes(model: Model): ElementTypeOf {
  const found = new Map<Graph, Lookup>();
  walk(model.graph, () => undefined, model.opsets, found);
  return (graph, value) => found.get(graph)?.(value);
}

function walk(
  graph: Graph,
  outer: Lookup,
  opsets: ReadonlyMap<string, number>,
  found: Map<Graph, Lookup>,
): Lookup {
  const types: Types = new Map();
  const lookup: Lookup = (value) => types.get(value) ?? outer(value);
  found.set(graph, lookup);
  const declare = ({ name, type }: ValueInfo): void => {
    if (type?.kind === 'tensor') types.set(name, type.elementType);
  };
  for (const info of [...graph.inputs, ...graph.valueInfo.values(), ...graph.outputs])
    declare(info);
  for (const [name, { type }] of graph.initializers) types.set(name, type);
  for (const node of graph.nodes) {
    const bodies = subgraphsOf(node).map((body) => walk(body.graph, lookup, opsets, found));
    node.outputs.forEach((output, position) => {
      if (output === '' || types.has(output)) return;
      const type =
        node.opType === 'If' && node.domain === ''
          ? bodyOutput(node, position, bodies)
          : outputType(node, position, lookup, opsets.get(node.domain));
      if (type) types.set(output, type);
    });
  }
  return lookup;
}

function bodyOutput(
  node: Node,
  position: number,
  bodies: readonly Lookup[],
): ElementType | undefined {
  const name = subgraphsOf(node)[0]?.graph.outputs[position]?.name;
  return name === undefined ? undefined : bodies[0]?.(name);
}

/** Operators whose output type an attribute or the text of the operator tells. */
function ownType(node: Node): ElementType | undefined {
  const to = node.attributes.get('to');
  if (to?.type === 'int') return elementTypeOf(Number(to.value));
  for (const [name, attribute] of node.attributes) {
    if (name === 'value' && attribute.type === 'tensor') return attribute.value.type;
    if (name.startsWith('value_float')) return 'float32';
    if (name.startsWith('value_int')) return 'int64';
    if (name.startsWith('value_string')) return 'string';
  }
  return node.opType === 'ConstantOfShape' ? 'float32' : undefined;
}

/** By the operator's signature: a type of its own, or that of an input bound to the same variable. */
function outputType(
  node: Node,
  position: number,
  lookup: Lookup,
  opset: number | undefined,
): ElementType | undefined {
  const own = ownType(node);
  if (own) return own;
  const signature = opset === undefined ? undefined : findOp(node.domain, node.opType, opset);
  const output = signature && parameterAt(signature.outputs, position);
  if (!signature || !output) return undefined;
  const [only] = output.types;
  if (output.types.length === 1 && only !== undefined)
    return isElementType(only) ? only : undefined;
  for (const [index, input] of node.inputs.entries()) {
    const parameter = parameterAt(signature.inputs, index);
    if (input === '' || parameter?.type !== output.type || !parameter.homogeneous) continue;
    const type = lookup(input);
    if (type) return type;
  }
  return undefined;
}

function isElementType(type: string): type is ElementType {
  return type in ELEMENT_TYPES;
}
