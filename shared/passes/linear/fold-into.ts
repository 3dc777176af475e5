/** New weights and biases of a linear node: scaled by channel, in double precision, rounded once. */
import { encodeFloat16, toBfloat16Bits } from '../../base/float16.ts';
import { bytesOf, filledTensor, rawTensor } from '../../onnx/make-tensor.ts';
import type { Node } from '../../onnx/model.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { elementCount, lookAtRaw, storedByteLength, typedArray } from '../../onnx/tensor-data.ts';
import { doubleValues } from '../../rewrite/constants.ts';
import type { GraphContext } from '../../rewrite/graph-context.ts';
import { type Refusal, refuse } from '../../rewrite/refusal.ts';
import type { ChannelVector } from './channel-vector.ts';
import type { LinearOp } from './linear-op.ts';

/** Small weights may be stored twice where two nodes share them. */
const SHARED_BYTES = 64 * 1024;

/** A refusal where changing the weights of this node alone would store large ones twice. */
function sharedWeights(linear: LinearOp, { editor }: GraphContext): Refusal | undefined {
  const name = linear.node.inputs[1] ?? '';
  const isShared = editor.isOutput(name) || editor.consumers(name).length > 1;
  return isShared && storedByteLength(linear.weight) > SHARED_BYTES
    ? refuse('its weights are used elsewhere too', linear.node)
    : undefined;
}

/** What a linear node is to be changed by; absent factors are 1. */
export interface Factors {
  readonly out?: ChannelVector;
  readonly in?: ChannelVector;
  /** The new bias. */
  readonly bias?: ChannelVector;
}

/** The largest float16. Wider types hold what reasonable factors make of any weight. */
const FLOAT16_MAX = 65504;

/** A refusal where the new weights cannot be, or where they would be stored twice. */
export function refusedWeights(
  linear: LinearOp,
  factors: Factors,
  context: GraphContext,
): Refusal | undefined {
  return sharedWeights(linear, context) ?? overflow(linear, factors);
}

function overflow(linear: LinearOp, factors: Factors): Refusal | undefined {
  if (linear.weight.type !== 'float16') return undefined;
  const fits = (value: number): boolean => Math.abs(value) <= FLOAT16_MAX;
  const values = doubleValues(linear.weight) ?? [];
  const scaled = new Float64Array(values.length);
  scaleInto(scaled, values, linear, factors);
  return scaled.every(fits) && (factors.bias?.every(fits) ?? true)
    ? undefined
    : refuse('its new weights would leave the range of float16', linear.node);
}

/** W[o, i, …] · out[o] · in[i]. */
export function scaledWeight(linear: LinearOp, factors: Factors): StoredTensor {
  const { name, type, dims } = linear.weight;
  const fill = (target: Uint8Array): void => fillScaled(target, linear, factors);
  // Large ones are computed when they are written, and not held until then.
  if (storedByteLength(linear.weight) > SHARED_BYTES)
    return filledTensor(name, type, dims, fill, [linear.weight]);
  const bytes = new Uint8Array(storedByteLength(linear.weight));
  fill(bytes);
  return rawTensor(name, type, dims, bytes);
}

function fillScaled(target: Uint8Array, linear: LinearOp, factors: Factors): void {
  const { weight } = linear;
  if (weight.type === 'float32') {
    // Straight into the type's own array: that rounds a double once.
    const scaled = typedArray('float32', target) as Float32Array;
    lookAtRaw(weight, (raw) =>
      scaleInto(scaled, typedArray('float32', raw) as Float32Array, linear, factors),
    );
    return;
  }
  const values = doubleValues(weight) ?? [];
  const scaled = new Float64Array(values.length);
  scaleInto(scaled, values, linear, factors);
  target.set(encode(weight, scaled));
}

function scaleInto(
  scaled: Float32Array | Float64Array,
  values: ArrayLike<number>,
  { rows, columns, taps, outOf, inOf }: LinearOp,
  { out, in: into }: Factors,
): void {
  let at = 0;
  for (let row = 0; row < rows; row++) {
    // Channels go up along a row: where its ends are of one, all of it is.
    const isOne = !into && outOf(row, 0) === outOf(row, columns - 1);
    const run = isOne ? columns : 1;
    for (let column = 0; column < columns; column += run) {
      const factor = (out?.[outOf(row, column)] ?? 1) * (into?.[inOf(row, column)] ?? 1);
      for (const end = at + run * taps; at < end; at++)
        scaled[at] = (values[at] as number) * factor;
    }
  }
}

/** Σ over i and taps of W[o, i, …] · shift[i]: what a constant added to the input adds to the output. */
export function shiftThrough(
  { weight, rows, columns, taps, outOf, inOf, outChannels }: LinearOp,
  shift: ChannelVector,
): ChannelVector {
  const values = doubleValues(weight) ?? [];
  const sums = new Float64Array(outChannels);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const channel = outOf(row, column);
      const amount = shift[inOf(row, column)] ?? 0;
      let sum = sums[channel] ?? 0;
      for (const end = at + taps; at < end; at++) sum += (values[at] ?? 0) * amount;
      sums[channel] = sum;
    }
  }
  return sums;
}

/** The bias by channel: zero where there is none; `undefined` for one of another shape. */
export function biasVector({ bias, outChannels }: LinearOp): ChannelVector | undefined {
  if (!bias) return new Float64Array(outChannels);
  const values = doubleValues(bias);
  if (!values) return undefined;
  if (values.length === 1 && bias.dims.every((dim) => dim === 1))
    return new Float64Array(outChannels).fill(values[0] ?? 0);
  const isRow = bias.dims.at(-1) === outChannels && elementCount(bias) === outChannels;
  return isRow ? Float64Array.from(values) : undefined;
}

/** The node with new weights, a new bias, or both; gives what stands in its place. */
export function withParameters(
  { node, weight, outChannels }: LinearOp,
  parameters: { readonly weight?: StoredTensor; readonly bias?: ChannelVector },
  context: GraphContext,
): Node {
  const [data = '', weightName = '', biasName = ''] = node.inputs;
  const inputs = [data, weightName];
  if (parameters.weight) inputs[1] = placeConstant(weightName, parameters.weight, context);
  if (parameters.bias) {
    const name = biasName === '' ? `${node.outputs[0]}_bias` : biasName;
    inputs[2] = placeConstant(
      biasName,
      vectorTensor(name, weight, [outChannels], parameters.bias),
      context,
    );
  } else if (biasName !== '') inputs[2] = biasName;
  const isSame = inputs.every((name, index) => name === node.inputs[index]);
  if (isSame && inputs.length === node.inputs.length) return node;
  return context.editor.update(node, { inputs });
}

/** The numbers as a tensor of the type of `like`, rounded once. */
export function vectorTensor(
  name: string,
  like: StoredTensor,
  dims: readonly number[],
  values: Float64Array,
): StoredTensor {
  return rawTensor(name, like.type, dims, encode(like, values));
}

/** Puts the tensor under the old name where one node alone reads that, else under a new one; gives the name. */
export function placeConstant(old: string, tensor: StoredTensor, { editor }: GraphContext): string {
  const isOwn = editor.initializers.has(old) && !editor.isInput(old) && !editor.isOutput(old);
  if (isOwn && editor.uses(old).length === 1) {
    editor.setInitializer(old, tensor);
    return old;
  }
  return editor.addInitializer({ ...tensor, name: editor.freshName(tensor.name) });
}

function encode({ type }: StoredTensor, values: Float64Array): Uint8Array {
  switch (type) {
    case 'float16':
      return bytesOf(encodeFloat16(values));
    case 'bfloat16':
      return bytesOf(Uint16Array.from(values, toBfloat16Bits));
    case 'float64':
      return bytesOf(new Float64Array(values));
    default:
      return bytesOf(new Float32Array(values));
  }
}
