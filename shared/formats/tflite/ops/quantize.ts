/** Integers that stand for other numbers: QuantizeLinear and DequantizeLinear, and constants that are quantized. */
import { ELEMENT_TYPES, type ElementType } from '../../../onnx/element-type.ts';
import type { Builder } from '../../build/builder.ts';
import { arithmetic, unary } from '../../build/elementwise.ts';
import { placeOf } from '../../build/order.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import { Value } from '../../build/value.ts';
import {
  intAttribute,
  intsAttribute,
  tensorAttribute,
  typeAttribute,
} from '../../tf/attributes.ts';
import { one, type TfOpTable } from '../../tf/op.ts';
import type { TfNode } from '../../tf/tf-graph.ts';

/** How a node quantizes. */
interface Scheme {
  readonly scale: readonly number[];
  readonly zeroPoint: readonly number[];
  readonly axis: number;
  readonly type: ElementType;
}

function schemeOf(node: TfNode): Scheme {
  const list = node.attributes.get('scale');
  const scale =
    list?.kind === 'list'
      ? list.value.map((item) => (item.kind === 'float' ? item.value : Number.NaN))
      : [];
  const zeroPoint = intsAttribute(node, 'zero_point') ?? [];
  if (scale.length === 0 || scale.some((step) => !(step > 0 && step < Number.POSITIVE_INFINITY)))
    throw new Unconvertible('one of its scales is no positive number');
  return {
    scale,
    zeroPoint,
    axis: intAttribute(node, 'axis', 0),
    type: typeAttribute(node, 'type'),
  };
}

/** The value as integers, rounded half to even and cut to their range. */
function quantize(b: Builder, x: Value, node: TfNode): Value {
  const scheme = schemeOf(node);
  if (scheme.type === 'int32') return quantizeWide(b, x, scheme);
  return linear(b, 'QuantizeLinear', x, scheme, scheme.type);
}

/** The numbers that integers stand for. */
function dequantize(b: Builder, x: Value, node: TfNode): Value {
  return linear(b, 'DequantizeLinear', x, schemeOf(node), 'float32');
}

function linear(
  b: Builder,
  op: 'QuantizeLinear' | 'DequantizeLinear',
  x: Value,
  { scale, zeroPoint, axis, type }: Scheme,
  result: ElementType,
): Value {
  if (type.endsWith('16')) b.require(21, `activations of ${type}`);
  const dims = scale.length > 1 ? [scale.length] : [];
  // Without a zero point QuantizeLinear would give uint8.
  const inputs = [b.holdAsIs(x), b.floats(scale, dims), b.hold(b.numbers(zeroPoint, type, dims))];
  return b.emit(op, inputs, result, x.shape, {
    attributes: scale.length > 1 ? { axis: placeOf(x.order, axis) } : {},
    order: x.order,
  });
}

/** QuantizeLinear has no integers of 32 bits. */
function quantizeWide(b: Builder, x: Value, { scale, zeroPoint }: Scheme): Value {
  const [step = 1] = scale;
  if (scale.length > 1) throw new Unconvertible('it is quantized to int32 along an axis');
  const rounded = unary(b, 'Round', arithmetic(b, 'Div', x, b.scalar(step, 'float32')));
  const [zero = 0] = zeroPoint;
  const moved = zero === 0 ? rounded : arithmetic(b, 'Add', rounded, b.scalar(zero, 'float32'));
  return unary(b, 'Cast', moved, { to: ELEMENT_TYPES.int32.code }, 'int32');
}

/** Stays integers in the ONNX model: they are dequantized where they are used. */
function quantizedConstant(node: TfNode): Value {
  const tensor = { ...tensorAttribute(node, 'value'), name: node.name };
  const { scale, zeroPoint, axis } = schemeOf(node);
  return new Value('float32', tensor.dims, { kind: 'quantized', tensor, scale, zeroPoint, axis });
}

export const TFLITE_QUANTIZE: TfOpTable = {
  _TfliteQuantize: one(quantize),
  _TfliteDequantize: one(dequantize),
  _TfliteQuantized: (_, { node }) => quantizedConstant(node),
};
