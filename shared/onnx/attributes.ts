/**
 * Attributes of a node as plain values. Each function gives `fallback` (or `undefined`) when the node
 * lacks the attribute, also where it stands for a caller's attribute inside a function: there its
 * value is not known, and `node.attributes.has` tells.
 *
 * All throw ModelError when the attribute is of another kind.
 */
import { ModelError } from '../base/errors.ts';
import type { Attribute, Int64, Node } from './model.ts';

/** An int; beyond 2^53 the largest safe integer of that sign (INT64_MAX stands for "to the end"). */
export function intOf(node: Node, name: string, fallback: number): number {
  const attribute = find(node, name);
  if (!attribute) return fallback;
  if (attribute.type !== 'int') throw wrongKind(node, name, attribute, 'int');
  return clamp(attribute.value);
}

/** Ints; each as {@link intOf} gives it. */
export function intsOf(node: Node, name: string): readonly number[] | undefined {
  const attribute = find(node, name);
  if (!attribute) return undefined;
  if (attribute.type !== 'ints') throw wrongKind(node, name, attribute, 'ints');
  return attribute.value.map(clamp);
}

/** A float. */
export function floatOf(node: Node, name: string, fallback: number): number {
  const attribute = find(node, name);
  if (!attribute) return fallback;
  if (attribute.type !== 'float') throw wrongKind(node, name, attribute, 'float');
  return attribute.value;
}

/** Floats. */
export function floatsOf(node: Node, name: string): readonly number[] | undefined {
  const attribute = find(node, name);
  if (!attribute) return undefined;
  if (attribute.type !== 'floats') throw wrongKind(node, name, attribute, 'floats');
  return attribute.value;
}

/** A string, decoded as UTF-8. */
export function stringOf(node: Node, name: string, fallback: string): string {
  const attribute = find(node, name);
  if (!attribute) return fallback;
  if (attribute.type !== 'string') throw wrongKind(node, name, attribute, 'string');
  return new TextDecoder().decode(attribute.value);
}

function find(node: Node, name: string): Exclude<Attribute, { type: 'reference' }> | undefined {
  const attribute = node.attributes.get(name);
  return attribute?.type === 'reference' ? undefined : attribute;
}

function wrongKind(node: Node, name: string, attribute: Attribute, wanted: string): ModelError {
  return new ModelError(
    `node '${node.name}' (${node.opType}): attribute '${name}' is of kind ${attribute.type}, not ${wanted}`,
  );
}

/** A bigint of the IR is never a safe integer. */
function clamp(value: Int64): number {
  if (typeof value === 'number') return value;
  return value > 0n ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER;
}
