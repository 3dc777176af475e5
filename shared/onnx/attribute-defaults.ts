/** Attributes that say what the operator does without them. */
import { type AttributeSpec, findOp } from '../ops/find-op.ts';
import type { Attribute, Node } from './model.ts';

/** The node without the attributes to which its operator's schema gives the same value anyway. */
export function withoutDefaults(node: Node, opset: number): Node {
  if (node.attributes.size === 0) return node;
  const specs = findOp(node.domain, node.opType, opset)?.attributes;
  const attributes = new Map(
    [...node.attributes].filter(([name, value]) => !isSame(value, specs?.get(name)?.default)),
  );
  return attributes.size === node.attributes.size ? node : { ...node, attributes };
}

/** Of single values: a list is always kept. */
function isSame(attribute: Attribute, value: AttributeSpec['default']): boolean {
  if (attribute.type === 'int') return Number(attribute.value) === value;
  if (attribute.type === 'float')
    return typeof value === 'number' && attribute.value === Math.fround(value);
  if (attribute.type === 'string') return new TextDecoder().decode(attribute.value) === value;
  return false;
}
