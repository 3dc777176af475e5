/** Attributes of TensorFlow nodes, read with the op's defaults. */

import type { ElementType } from '../../onnx/element-type.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import type { Shape } from '../build/dims.ts';
import { Unconvertible } from '../build/unconvertible.ts';
import type { TfAttribute, TfNode } from './tf-graph.ts';

type Kinds = { readonly [A in TfAttribute as A['kind']]: A['value'] };

/** The value, when the attribute is there; another kind than expected is a broken file. */
function read<K extends keyof Kinds>(node: TfNode, name: string, kind: K): Kinds[K] | undefined {
  const attribute = node.attributes.get(name);
  if (!attribute) return undefined;
  if (attribute.kind === kind) return attribute.value as Kinds[K];
  throw new Unconvertible(`its attribute ${name} is of kind ${attribute.kind}, not ${kind}`);
}

export const intAttribute = (node: TfNode, name: string, fallback: number): number =>
  read(node, name, 'int') ?? fallback;

/** A whole number counts: JSON knows no difference between 1 and 1.0. */
export function floatAttribute(node: TfNode, name: string, fallback: number): number {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'int' ? attribute.value : (read(node, name, 'float') ?? fallback);
}

export const boolAttribute = (node: TfNode, name: string, fallback = false): boolean =>
  read(node, name, 'bool') ?? fallback;

export const stringAttribute = (node: TfNode, name: string, fallback: string): string =>
  read(node, name, 'string') ?? fallback;

/** @throws Unconvertible when there is no such attribute */
export function tensorAttribute(node: TfNode, name: string): StoredTensor {
  const tensor = read(node, name, 'tensor');
  if (tensor) return tensor;
  throw new Unconvertible(`it has no attribute ${name}`);
}

/** `undefined` when it is not given; `null` for a shape of unknown rank. */
export const shapeAttribute = (node: TfNode, name: string): Shape | null | undefined =>
  read(node, name, 'shape');

/** @throws Unconvertible when it is missing, or no type of numbers, text or truth values */
export function typeAttribute(node: TfNode, name: string, fallback?: ElementType): ElementType {
  const type = read(node, name, 'type') ?? fallback;
  if (type && type !== 'resource' && type !== 'variant' && type !== 'unknown') return type;
  throw new Unconvertible(`its attribute ${name} names ${type ?? 'no'} type`);
}

/** The name of the function. @throws Unconvertible when there is none */
export function functionAttribute(node: TfNode, name: string): string {
  const target = read(node, name, 'function');
  if (target !== undefined) return target;
  throw new Unconvertible(`it has no function ${name}`);
}

/** `undefined` when it is not given. */
export function intsAttribute(node: TfNode, name: string): readonly number[] | undefined {
  return read(node, name, 'list')?.map((item) => {
    if (item.kind === 'int') return item.value;
    throw new Unconvertible(`its attribute ${name} holds more than integers`);
  });
}

/** None when it is not given; whole numbers count. */
export function floatsAttribute(node: TfNode, name: string): readonly number[] {
  return (read(node, name, 'list') ?? []).map((item) => {
    if (item.kind === 'float' || item.kind === 'int') return item.value;
    throw new Unconvertible(`its attribute ${name} holds more than numbers`);
  });
}

/** None when it is not given. */
export function stringsAttribute(node: TfNode, name: string): readonly string[] {
  return (read(node, name, 'list') ?? []).map((item) => {
    if (item.kind === 'string') return item.value;
    throw new Unconvertible(`its attribute ${name} holds more than texts`);
  });
}
