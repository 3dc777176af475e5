/** Nodes made in memory, for passes, quantizers and format readers. */
import { DefectError } from '../base/errors.ts';
import type { Attribute, Graph, Int64, Node } from './model.ts';
import type { StoredTensor } from './stored-tensor.ts';

/** What an attribute may be given as; {@link floatAttribute} marks a number that must not become an int. */
export type AttributeInput =
  | number
  | bigint
  | string
  | readonly Int64[]
  | Attribute
  | StoredTensor
  | Graph
  | undefined;

/** Attributes by name: numbers become ints, arrays of numbers ints, strings UTF-8; `undefined` is left out. */
export type AttributeInputs = Readonly<Record<string, AttributeInput>>;

/** A node of ai.onnx, or of the domain before a colon (`com.microsoft:Gelu`). */
export function makeNode(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: AttributeInputs = {},
  name = '',
): Node {
  const colon = op.lastIndexOf(':');
  return {
    opType: op.slice(colon + 1),
    domain: colon < 0 ? '' : op.slice(0, colon),
    name,
    inputs: withoutAbsentEnd(inputs),
    outputs,
    attributes: makeAttributes(attributes),
  };
}

/** Attributes as a node holds them. */
export function makeAttributes(inputs: AttributeInputs): ReadonlyMap<string, Attribute> {
  const attributes = new Map<string, Attribute>();
  for (const [name, input] of Object.entries(inputs)) {
    if (input !== undefined) attributes.set(name, toAttribute(name, input));
  }
  return attributes;
}

/** An attribute of kind float. */
export function floatAttribute(value: number): Attribute {
  return { type: 'float', value };
}

/** An attribute of kind floats. */
export function floatsAttribute(value: readonly number[]): Attribute {
  return { type: 'floats', value };
}

function toAttribute(name: string, input: Exclude<AttributeInput, undefined>): Attribute {
  if (typeof input === 'string') return { type: 'string', value: new TextEncoder().encode(input) };
  if (typeof input === 'number' || typeof input === 'bigint') {
    if (typeof input === 'number' && !Number.isSafeInteger(input))
      throw new DefectError(`attribute '${name}': ${input} is no int; use floatAttribute`);
    return { type: 'int', value: input };
  }
  if (isInts(input)) return { type: 'ints', value: input };
  if ('storage' in input) return { type: 'tensor', value: input };
  if ('nodes' in input) return { type: 'graph', value: input };
  return input;
}

function isInts(
  input: readonly Int64[] | Attribute | StoredTensor | Graph,
): input is readonly Int64[] {
  return Array.isArray(input);
}

/** Absent optional inputs at the end need no place. */
function withoutAbsentEnd(inputs: readonly string[]): readonly string[] {
  const last = inputs.findLastIndex((input) => input !== '');
  return last === inputs.length - 1 ? inputs : inputs.slice(0, last + 1);
}
