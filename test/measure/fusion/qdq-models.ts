/** Small quantized models: one op between Q/DQ pairs. */

import { float32Tensor, int64Tensor, rawTensor } from '../../../shared/onnx/make-tensor.ts';
import type { Attribute, Dim, Model, Node, ValueInfo } from '../../../shared/onnx/model.ts';
import type { StoredTensor } from '../../../shared/onnx/stored-tensor.ts';

export type Quantized = 'uint8' | 'int8' | 'uint16' | 'int16';

export interface OpCase {
  readonly opType: string;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, number | readonly number[] | string>>;
  /** Shapes of inputs that come through Q → DQ. */
  readonly activations: readonly (readonly number[])[];
  /** Shapes of inputs that stay float32, before all others. */
  readonly floats?: readonly (readonly number[])[];
  /** The zero point of all activations; default: the middle of the range. */
  readonly zero?: number;
  /** Weights quantized per channel along this axis. */
  readonly channelAxis?: number;
  /** Leaves out the zero points of activations. */
  readonly noZero?: boolean;
  /** Shapes of int8 weights (or those of `weightType`) behind a DQ. */
  readonly weights?: readonly (readonly number[])[];
  readonly weightType?: Quantized;
  /** Shape of an int32 bias behind a DQ. */
  readonly bias?: readonly number[];
  /** Plain constant inputs, at the end. */
  readonly constants?: readonly StoredTensor[];
  readonly outputs?: number;
  readonly type?: Quantized;
  /** Between output and its Q/DQ: absent means no Q follows. */
  readonly after?: 'qdq' | 'relu' | 'none';
  /** Another scale behind the op than before it. */
  readonly outScale?: number;
  /** Puts a Relu after everything, so that the op does not feed the graph's output. */
  readonly tail?: boolean;
}

const ZERO: Record<Quantized, number[]> = {
  uint8: [128],
  int8: [0],
  uint16: [0, 128],
  int16: [0, 0],
};

export function qdqModel(spec: OpCase): Model {
  const type = spec.type ?? 'uint8';
  const nodes: Node[] = [];
  const initializers = new Map<string, StoredTensor>();
  const add = (tensor: StoredTensor): string => {
    initializers.set(tensor.name, tensor);
    return tensor.name;
  };
  const wide =
    type === 'uint16' ||
    type === 'int16' ||
    spec.weightType === 'int16' ||
    spec.weightType === 'uint16';
  const domain = '';
  const pair = (input: string, output: string, scale: number): void => {
    const s = add(float32Tensor(`${output}_scale`, [], [scale]));
    const zeroBytes =
      spec.zero === undefined
        ? ZERO[type]
        : ZERO[type].map((_, i) => (i === 0 ? (spec.zero ?? 0) : 0));
    const z = spec.noZero
      ? ''
      : add(rawTensor(`${output}_zero`, type, [], Uint8Array.from(zeroBytes)));
    nodes.push(node('QuantizeLinear', [input, s, z], [`${output}_q`], {}, domain));
    nodes.push(node('DequantizeLinear', [`${output}_q`, s, z], [output], {}, domain));
  };
  const inputs: ValueInfo[] = [];
  const opInputs: string[] = [];
  (spec.floats ?? []).forEach((shape, i) => {
    inputs.push(info(`f${i}`, shape));
    opInputs.push(`f${i}`);
  });
  spec.activations.forEach((shape, i) => {
    inputs.push(info(`x${i}`, shape));
    // A float op first, so that the quantized one is in the middle of a graph.
    nodes.push(node('Abs', [`x${i}`], [`a${i}`]));
    pair(`a${i}`, `x${i}_dq`, 0.05);
    opInputs.push(`x${i}_dq`);
  });
  const weightType = spec.weightType ?? 'int8';
  (spec.weights ?? []).forEach((shape, i) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const width = weightType === 'uint8' || weightType === 'int8' ? 1 : 2;
    const w = add(
      rawTensor(
        `w${i}`,
        weightType,
        shape,
        Uint8Array.from({ length: count * width }, (_, k) =>
          width === 2 && k % 2 ? 0 : (k * 7) % 60,
        ),
      ),
    );
    const channels = spec.channelAxis === undefined ? [] : [shape[spec.channelAxis] ?? 1];
    const size = channels[0] ?? 1;
    const s = add(float32Tensor(`w${i}_scale`, channels, new Array(size).fill(0.01)));
    const z = add(rawTensor(`w${i}_zero`, weightType, channels, new Uint8Array(width * size)));
    nodes.push(
      node(
        'DequantizeLinear',
        [w, s, z],
        [`w${i}_dq`],
        spec.channelAxis === undefined ? {} : { axis: spec.channelAxis },
      ),
    );
    opInputs.push(`w${i}_dq`);
  });
  if (spec.bias) {
    const count = spec.bias.reduce((a, b) => a * b, 1);
    const b = add(rawTensor('b', 'int32', spec.bias, new Uint8Array(count * 4)));
    const s = add(float32Tensor('b_scale', [], [0.0005]));
    nodes.push(node('DequantizeLinear', [b, s], ['b_dq']));
    opInputs.push('b_dq');
  }
  for (const tensor of spec.constants ?? [])
    opInputs.push(
      tensor.dims.length === 1 && tensor.dims[0] === 0 && tensor.name === 'none' ? '' : add(tensor),
    );
  const count = spec.outputs ?? 1;
  const outs = Array.from({ length: count }, (_, i) => `y${i}`);
  nodes.push({
    ...node(spec.opType, opInputs, outs, spec.attributes, spec.domain ?? ''),
    name: 'op',
  });
  const outputs: ValueInfo[] = [];
  for (const out of outs) {
    let last = out;
    if (spec.after === 'relu') {
      nodes.push(node('Relu', [last], [`${out}_relu`]));
      last = `${out}_relu`;
    }
    if (spec.after !== 'none') {
      pair(last, `${out}_dq`, spec.outScale ?? 0.05);
      last = `${out}_dq`;
    }
    if (spec.tail !== false) {
      nodes.push(node('Neg', [last], [`${out}_end`]));
      last = `${out}_end`;
    }
    outputs.push({ name: last, type: null });
  }
  return {
    irVersion: 10,
    opsets: new Map([
      ['', wide ? 21 : 17],
      ['com.microsoft', 1],
    ]),
    graph: {
      name: 'g',
      nodes,
      initializers,
      sparseInitializers: [],
      inputs,
      outputs,
      valueInfo: new Map(),
    },
    functions: [],
    producerName: 'test',
    producerVersion: '',
    domain: '',
    modelVersion: 0,
    docString: '',
    metadata: new Map(),
  };
}

export const constantInts = (name: string, ...values: number[]): StoredTensor =>
  int64Tensor(name, [values.length], values);

function node(
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: OpCase['attributes'] = {},
  domain = '',
): Node {
  return {
    opType,
    domain,
    name: `${opType}_${outputs[0]}`,
    inputs,
    outputs,
    attributes: new Map(
      Object.entries(attributes).map(([name, value]) => [name, attribute(value)]),
    ),
  };
}

function attribute(value: number | readonly number[] | string): Attribute {
  if (typeof value === 'string') return { type: 'string', value: new TextEncoder().encode(value) };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { type: 'int', value } : { type: 'float', value };
  return { type: 'ints', value };
}

const info = (name: string, shape: readonly Dim[]): ValueInfo => ({
  name,
  type: { kind: 'tensor', elementType: 'float32', shape },
});
