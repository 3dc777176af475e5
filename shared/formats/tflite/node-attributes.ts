/** Attributes of TensorFlow nodes from plain values. */
import type { TfAttribute, TfAttributes, TfType } from '../tf/tf-graph.ts';

/** Numbers become ints, lists of them lists of ints; {@link real} and {@link typeOf} mark what is another kind. */
export type NodeAttribute = number | string | boolean | readonly number[] | TfAttribute | undefined;

/** Attributes by name; `undefined` is left out. */
export function nodeAttributes(inputs: Readonly<Record<string, NodeAttribute>>): TfAttributes {
  const attributes = new Map<string, TfAttribute>();
  for (const [name, input] of Object.entries(inputs)) {
    if (input !== undefined) attributes.set(name, toAttribute(input));
  }
  return attributes;
}

/** A number that is no int. */
export const real = (value: number): TfAttribute => ({ kind: 'float', value });

/** Numbers that are no ints. */
export const reals = (values: readonly number[]): TfAttribute => ({
  kind: 'list',
  value: values.map(real),
});

export const typeOf = (value: TfType): TfAttribute => ({ kind: 'type', value });

/** A list of texts. */
export const texts = (values: readonly string[]): TfAttribute => ({
  kind: 'list',
  value: values.map((value) => ({ kind: 'string', value })),
});

/** The name of a function. */
export const functionName = (value: string): TfAttribute => ({ kind: 'function', value });

function toAttribute(input: Exclude<NodeAttribute, undefined>): TfAttribute {
  if (typeof input === 'number') return { kind: 'int', value: input };
  if (typeof input === 'string') return { kind: 'string', value: input };
  if (typeof input === 'boolean') return { kind: 'bool', value: input };
  if ('kind' in input) return input;
  return { kind: 'list', value: input.map((value) => ({ kind: 'int', value })) };
}
