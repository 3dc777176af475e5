/** TensorFlow graphs written by hand. */
import { Builder } from '../../../../shared/formats/build/builder.ts';
import { numberTensor } from '../../../../shared/formats/build/number-tensor.ts';
import type { TfContext, TfValue } from '../../../../shared/formats/tf/op.ts';
import { structuralOp } from '../../../../shared/formats/tf/op-table.ts';
import type {
  TfAttribute,
  TfFunction,
  TfGraph,
  TfNode,
} from '../../../../shared/formats/tf/tf-graph.ts';
import type { ElementType } from '../../../../shared/onnx/element-type.ts';

type Given = number | boolean | string | TfAttribute;

const asAttribute = (value: Given): TfAttribute => {
  if (typeof value === 'number') return { kind: 'int', value };
  if (typeof value === 'boolean') return { kind: 'bool', value };
  return typeof value === 'string' ? { kind: 'string', value } : value;
};

/** An attribute that names a function. */
export const named = (value: string): TfAttribute => ({ kind: 'function', value });

/** An attribute that names a type. */
export const typed = (value: ElementType): TfAttribute => ({ kind: 'type', value });

export const node = (
  name: string,
  op: string,
  inputs: readonly string[] = [],
  attributes: Readonly<Record<string, Given>> = {},
): TfNode => ({
  name,
  op,
  inputs,
  attributes: new Map(Object.entries(attributes).map(([key, value]) => [key, asAttribute(value)])),
});

export const constant = (
  name: string,
  values: readonly number[],
  type: ElementType = 'int32',
  dims: readonly number[] = [],
): TfNode =>
  node(name, 'Const', [], { value: { kind: 'tensor', value: numberTensor(values, type, dims) } });

/** A function whose parameters are added as nodes. */
export const fn = (
  name: string,
  parameters: readonly string[],
  nodes: readonly TfNode[],
  results: readonly string[],
): TfFunction => ({
  name,
  parameters,
  nodes: [...parameters.map((parameter) => node(parameter, '_Arg')), ...nodes],
  results,
});

/** A graph of one float input `x` `[2, 3]`, and what it gives. */
export const graph = (
  nodes: readonly TfNode[],
  outputs: readonly string[],
  functions: readonly TfFunction[] = [],
): TfGraph => ({
  nodes: [node('x', 'Placeholder'), ...nodes],
  functions: new Map(functions.map((target) => [target.name, target])),
  inputs: [{ name: 'x', tensor: 'x', type: 'float32', shape: [2, 3] }],
  outputs: outputs.map((tensor, place) => ({ name: `out${place}`, tensor })),
  notes: [],
});

/** What an op over lists or tables makes of values. */
export function apply(
  b: Builder,
  op: string,
  inputs: readonly TfValue[],
  attributes: Readonly<Record<string, Given>> = {},
): readonly TfValue[] {
  const context: TfContext = {
    b,
    node: node('it', op, [], attributes),
    functions: new Map(),
    call: () => [],
  };
  const made = structuralOp(op)?.(inputs, context) ?? [];
  return Array.isArray(made) ? made : [made as TfValue];
}

/** A builder of the lowest opset. */
export const builder = (): Builder => Builder.root(17);
