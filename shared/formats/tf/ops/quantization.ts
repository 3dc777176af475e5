/** Quantization simulated in floats, as quantization-aware training leaves it behind. */
import type { Builder } from '../../build/builder.ts';
import { frontAxis, isFixed, upTo } from '../../build/dims.ts';
import { alongShape, fakeQuantize, quantizeAndDequantize } from '../../build/fake-quantize.ts';
import { reduce } from '../../build/reduce.ts';
import { reshape } from '../../build/reshape.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { boolAttribute, floatAttribute, intAttribute, stringAttribute } from '../attributes.ts';
import { input, many, numberOf, one, type TfOp, type TfOpTable, three } from '../op.ts';
import type { TfNode } from '../tf-graph.ts';

/** How many bits an attribute may ask for: TensorFlow takes no more. */
const MAX_BITS = 16;

const stepsOf = (node: TfNode): { bits: number; isNarrow: boolean } => {
  const bits = intAttribute(node, 'num_bits', 8);
  if (bits < 2 || bits > MAX_BITS) throw new Unconvertible(`it quantizes to ${bits} bits`);
  return { bits, isNarrow: boolAttribute(node, 'narrow_range') };
};

const byVariables = three((b, x, min, max, node) =>
  fakeQuantize(b, x, { min, max, ...stepsOf(node) }),
);

/** Inputs are the value, both ends of the range and, in V3, the bits. */
const andBack = (isBitsGiven: boolean): TfOp =>
  many((b, inputs, node) => {
    const x = input(inputs, 0);
    const bits = isBitsGiven
      ? numberOf(input(inputs, 3), 'number of bits')
      : intAttribute(node, 'num_bits', 8);
    if (bits < 2 || bits > 2 * MAX_BITS) throw new Unconvertible(`it quantizes to ${bits} bits`);
    const isGiven = boolAttribute(node, 'range_given', isBitsGiven);
    const range = rangeOf(b, x, inputs, node, isGiven);
    return quantizeAndDequantize(b, x, range, {
      given: isGiven ? range : undefined,
      bits,
      isSigned: boolAttribute(node, 'signed_input', true),
      isNarrow: boolAttribute(node, 'narrow_range'),
      isHalfUp: stringAttribute(node, 'round_mode', 'HALF_TO_EVEN') === 'HALF_UP',
    });
  });

/** Both ends, so that they broadcast against the value. */
function rangeOf(
  b: Builder,
  x: Value,
  inputs: readonly Value[],
  node: TfNode,
  isGiven: boolean,
): { readonly min: Value; readonly max: Value } {
  const axis = intAttribute(node, 'axis', -1);
  if (!isGiven) {
    const axes = upTo(x.rank).filter((at) => at !== axis);
    const end = (op: 'ReduceMin' | 'ReduceMax'): Value => reduce(b, op, x, axes, true);
    return { min: end('ReduceMin'), max: end('ReduceMax') };
  }
  const [min, max] = [input(inputs, 1), input(inputs, 2)];
  if (axis < 0 || min.rank === 0) return { min, max };
  const front = frontAxis(axis, x.rank);
  const size = x.sizes[front];
  if (!isFixed(size)) throw new Unconvertible('the axis of its ranges has a free size');
  const shape = alongShape(x.rank, front, size);
  return { min: reshape(b, min, shape), max: reshape(b, max, shape) };
}

export const QUANTIZATION: TfOpTable = {
  FakeQuantWithMinMaxArgs: one((b, x, node) =>
    fakeQuantize(b, x, {
      min: b.scalar(floatAttribute(node, 'min', -6), 'float32'),
      max: b.scalar(floatAttribute(node, 'max', 6), 'float32'),
      ...stepsOf(node),
    }),
  ),
  FakeQuantWithMinMaxVars: byVariables,
  FakeQuantWithMinMaxVarsPerChannel: byVariables,
  QuantizeAndDequantizeV2: andBack(false),
  QuantizeAndDequantizeV3: andBack(true),
  QuantizeAndDequantizeV4: andBack(false),
};
