/** Attributes that became inputs: axes, bounds, sizes. */

import { encodeFloat16 } from '../../base/float16.ts';
import { floatOf, floatsOf, intOf, intsOf } from '../../onnx/attributes.ts';
import { bytesOf, float32Tensor, rawTensor, storeTensor } from '../../onnx/make-tensor.ts';
import type { Node } from '../../onnx/model.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { Refusal, refuse } from '../../rewrite/refusal.ts';
import { REDUCTIONS } from '../shared/reductions.ts';
import {
  type Adapter,
  type AdapterContext,
  type AdapterTable,
  withoutAttributes,
} from './adapter.ts';

/** Op(x; axes=A) → Op(x, A). No axes, or none in the list: all of them, before and after. */
const axesToInput: Adapter = (node, context) => {
  const axes = intsOf(node, 'axes') ?? [];
  const [data = ''] = node.inputs;
  const inputs = axes.length === 0 ? [data] : [data, context.ints(`${data}_axes`, axes)];
  return [{ ...withoutAttributes(node, 'axes'), inputs }];
};

/** ReduceSum has had its axes as an input for longer. */
const LATER_REDUCTIONS = REDUCTIONS.filter((op) => op !== 'ReduceSum');

/** Slice(x; starts, ends, axes) → Slice(x, starts, ends, axes). */
const slice: Adapter = (node, context) => {
  const [data = ''] = node.inputs;
  const starts = intsOf(node, 'starts') ?? [];
  const ends = intsOf(node, 'ends') ?? [];
  const axes = intsOf(node, 'axes') ?? starts.map((_, axis) => axis);
  const inputs = [
    data,
    context.ints(`${data}_starts`, starts),
    context.ints(`${data}_ends`, ends),
    context.ints(`${data}_axes`, axes),
  ];
  return [{ ...withoutAttributes(node, 'starts', 'ends', 'axes'), inputs }];
};

/** Split(x; split=S) → Split(x, S). */
const split: Adapter = (node, context) => {
  const sizes = intsOf(node, 'split');
  const [data = ''] = node.inputs;
  const inputs = sizes ? [data, context.ints(`${data}_split`, sizes)] : [data];
  return [{ ...withoutAttributes(node, 'split'), inputs }];
};

/** From 18 on a Split without sizes says into how many parts. */
const splitCount: Adapter = (node) => {
  if ((node.inputs[1] ?? '') !== '') return [node];
  const attributes = new Map(node.attributes);
  attributes.set('num_outputs', { type: 'int', value: node.outputs.length });
  return [{ ...node, attributes }];
};

/** Pad(x; pads, value) → Pad(x, pads, value). */
const pad: Adapter = (node, context) => {
  const [data = ''] = node.inputs;
  const inputs = [data, context.ints(`${data}_pads`, intsOf(node, 'pads') ?? [])];
  const value = floatOf(node, 'value', 0);
  if (value !== 0) {
    const scalar = scalarLike(node, `${data}_value`, value, context);
    if (scalar instanceof Refusal) return scalar;
    inputs.push(scalar);
  }
  return [{ ...withoutAttributes(node, 'pads', 'value'), inputs }];
};

/** The defaults of Clip-6. From 11 on an absent bound is the extreme of the input's own type. */
const FLOAT32_MAX = 3.4028234663852886e38;

/** Clip(x; min, max) → Clip(x, min, max). */
const clip: Adapter = (node, context) => {
  const [data = ''] = node.inputs;
  const inputs = [data];
  for (const [name, none] of [
    ['min', -FLOAT32_MAX],
    ['max', FLOAT32_MAX],
  ] as const) {
    const bound = floatOf(node, name, none);
    const type = context.elementTypeOf(data) ?? 'float32';
    const scalar =
      bound === none && type === 'float32'
        ? ''
        : scalarLike(node, `${data}_${name}`, bound, context);
    if (scalar instanceof Refusal) return scalar;
    inputs.push(scalar);
  }
  const last = inputs.findLastIndex((input) => input !== '');
  return [{ ...withoutAttributes(node, 'min', 'max'), inputs: inputs.slice(0, last + 1) }];
};

/** TopK(x; k) → TopK(x, [k]). */
const topK: Adapter = (node, context) => {
  const [data = ''] = node.inputs;
  const count = context.ints(`${data}_k`, [intOf(node, 'k', 1)]);
  return [{ ...withoutAttributes(node, 'k'), inputs: [data, count] }];
};

/** Upsample(x; scales) → Upsample(x, scales). */
const upsampleScales: Adapter = (node, context) => {
  const [data = ''] = node.inputs;
  const values = floatsOf(node, 'scales') ?? [];
  const name = context.freshName(`${data}_scales`);
  const scales = context.constant(float32Tensor(name, [values.length], values));
  return [{ ...withoutAttributes(node, 'scales'), inputs: [data, scales] }];
};

/** DFT(x, length; axis) → DFT(x, length, axis). The default was 1, and is the last but one now. */
const dftAxis: Adapter = (node, context) => {
  const [data = '', length = ''] = node.inputs;
  const axis = BigInt64Array.of(BigInt(intOf(node, 'axis', 1)));
  const name = context.freshName(`${data}_axis`);
  const constant = context.constant(rawTensor(name, 'int64', [], bytesOf(axis)));
  return [{ ...withoutAttributes(node, 'axis'), inputs: [data, length, constant] }];
};

/** A scalar of the type of the node's first input. */
function scalarLike(
  node: Node,
  hint: string,
  value: number,
  context: AdapterContext,
): string | Refusal {
  const type = context.elementTypeOf(node.inputs[0] ?? '');
  const tensor = scalarOf(type, context.freshName(hint), value);
  return tensor
    ? context.constant(tensor)
    : refuse(`the element type of its input is ${type ?? 'unknown'}`, node);
}

function scalarOf(type: string | undefined, name: string, value: number): StoredTensor | undefined {
  switch (type) {
    case 'float32':
      return float32Tensor(name, [], [value]);
    case 'float64':
      return storeTensor(name, { type, dims: [], data: Float64Array.of(value) });
    case 'float16':
      return storeTensor(name, { type, dims: [], data: encodeFloat16(Float32Array.of(value)) });
    default:
      return undefined;
  }
}

/** Each entry is one change of the texts in onnx `docs/Changelog.md`. */
export const ATTRIBUTES_TO_INPUTS: AdapterTable = {
  Clip: { 11: clip },
  DFT: { 20: dftAxis },
  Pad: { 11: pad },
  ReduceSum: { 13: axesToInput },
  ...Object.fromEntries(LATER_REDUCTIONS.map((op) => [op, { 18: axesToInput }])),
  Slice: { 10: slice },
  Split: { 13: split, 18: splitCount },
  Squeeze: { 13: axesToInput },
  TopK: { 10: topK },
  Unsqueeze: { 13: axesToInput },
  Upsample: { 9: upsampleScales },
};
