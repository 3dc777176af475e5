/**
 * Quantizers, straight through: rounding counts as the identity, so that weights in front of it can be trained.
 *
 * The gradient of a quantized value is by what it stands for, s (q − z). Then DequantizeLinear passes it as it is, and
 * QuantizeLinear where x rounds to a value of its type. A trained scale gets its part from both: (q − z) of the first,
 * −x / s of the second, as in "Learned Step Size Quantization" (arXiv:1902.08153).
 */
import { intOf } from '../../../onnx/attributes.ts';
import { ELEMENT_TYPES, type ElementType, elementTypeOf } from '../../../onnx/element-type.ts';
import { countOf, type Shape } from '../../emitter.ts';
import type { Backward } from '../backward.ts';
import {
  fromFront,
  type GradientRule,
  gradientOf,
  inputOf,
  NoGradient,
  type RuleInput,
  shapeOfInput,
} from '../rule.ts';
import { FLOAT } from './arithmetic.ts';

const quantizeLinear: GradientRule = (input) => {
  const { back, needs } = input;
  const x = inputOf(input, 0);
  const shape = shapeOfInput(input, 0);
  const [low, high] = boundsOf(input);
  const isAbove = back.emit('GreaterOrEqual', [x, low], shape);
  const isBelow = back.emit('LessOrEqual', [x, high], shape);
  const isInside = back.emit('And', [isAbove, isBelow], shape);
  // A cast and a product take 60 % of the time of Where.
  const ones = back.emit('Cast', [isInside], shape, { attributes: { to: FLOAT } });
  const passed = back.emit('Mul', [gradientOf(input), ones], shape);
  const ofScale = (): string => back.unary('Neg', scaleGradient(input, passed, x));
  return [needs(0) ? passed : undefined, needs(1) ? ofScale() : undefined];
};

const dequantizeLinear: GradientRule = (input) => {
  const gradient = gradientOf(input);
  const y = input.node.outputs[0] ?? '';
  return [gradient, input.needs(1) ? scaleGradient(input, gradient, y) : undefined];
};

/** Σ gradient · value / s, over all that a scale belongs to. */
function scaleGradient(input: RuleInput, gradient: string, value: string): string {
  const { back } = input;
  const scale = inputOf(input, 1);
  const products = back.emit('Mul', [gradient, value], back.shapeOf(gradient));
  return back.emit('Div', [summed(input, products), scale], back.shapeOf(scale));
}

/** What rounds to the least and to the largest value of the type, in shapes that broadcast over x. */
function boundsOf(input: RuleInput): readonly [low: string, high: string] {
  const { back, node } = input;
  const type = quantizedType(input);
  if (!/^u?int/.test(type)) throw new NoGradient(`QuantizeLinear to ${type}`);
  const { bits } = ELEMENT_TYPES[type];
  const least = type.startsWith('u') ? 0 : -(2 ** (bits - 1));
  const scale = inputOf(input, 1);
  const shape = back.shapeOf(scale);
  const zeroPoints = node.inputs[2] ? input.constant(2) : shape.length === 0 ? [0] : [];
  if (!zeroPoints) throw new NoGradient('QuantizeLinear with computed zero points');
  const bound = (edge: number): string => {
    const steps = Float32Array.from(
      { length: countOf(shape) },
      (_, i) => edge - (zeroPoints[i] ?? 0),
    );
    return spread(input, back.emit('Mul', [scale, back.floats(shape, steps)], shape));
  };
  return [bound(least - 0.5), bound(least + 2 ** bits - 0.5)];
}

const quantizedType = (input: RuleInput): ElementType =>
  input.constantType(2) ?? elementTypeOf(intOf(input.node, 'output_dtype', 0)) ?? 'uint8';

/** Where scales lie: none for one of the whole tensor, else along an axis, one for each place or each block of them. */
interface Places {
  readonly axis: number;
  /** 0: one scale a place. */
  readonly block: number;
}

/** Of what is quantized; a constant of integers has no shape of its own here. */
const shapeOfAll = (input: RuleInput): Shape => input.back.shapeOf(gradientOf(input));

function placesOf(input: RuleInput): Places | undefined {
  const scales = shapeOfInput(input, 1);
  if (countOf(scales) === 1) return undefined;
  const axis = fromFront(intOf(input.node, 'axis', 1), shapeOfAll(input).length);
  return { axis, block: intOf(input.node, 'block_size', 0) };
}

/** A value of the scales' shape in one that broadcasts over x. */
function spread(input: RuleInput, value: string): string {
  const { back } = input;
  const shape = shapeOfAll(input);
  const places = placesOf(input);
  if (!places) return back.reshape(value, []);
  const { axis, block } = places;
  const size = shape[axis] ?? 1;
  if (block === 0) return back.reshape(value, alone(shape, axis));
  const blocks = Array.from({ length: size }, (_, place) => Math.floor(place / block));
  return back.emit('Gather', [value, back.ints(blocks)], shape, { attributes: { axis } });
}

/** The size of `axis`, 1 elsewhere. */
const alone = (shape: Shape, axis: number): Shape =>
  shape.map((size, at) => (at === axis ? size : 1));

/** The sum over all that belongs to one scale, of the scales' shape. */
function summed(input: RuleInput, value: string): string {
  const { back } = input;
  const shape = back.shapeOf(value);
  const scales = shapeOfInput(input, 1);
  const places = placesOf(input);
  const all = shape.map((_, at) => at);
  if (!places) return back.reshape(back.sum(value, all), scales);
  const { axis, block } = places;
  if (block === 0) {
    const others = all.filter((at) => at !== axis);
    return back.reshape(back.sum(value, others), scales);
  }
  const count = scales[axis] ?? 1;
  const whole = withZerosBehind(back, value, axis, count * block);
  const apart = shape.flatMap((size, at) => (at === axis ? [count, block] : [size]));
  return back.reshape(back.sum(back.reshape(whole, apart), [axis + 1]), scales);
}

/** The last block may be shorter. */
function withZerosBehind(back: Backward, value: string, axis: number, size: number): string {
  const shape = back.shapeOf(value);
  const missing = size - (shape[axis] ?? 0);
  if (missing === 0) return value;
  const none = shape.map(() => 0);
  const behind = shape.map((_, at) => (at === axis ? missing : 0));
  const wide = shape.map((whole, at) => (at === axis ? size : whole));
  return back.emit('Pad', [value, back.ints([...none, ...behind])], wide);
}

/** By op type; of other domains than ai.onnx with the domain before a colon. */
export const QUANTIZERS: Readonly<Record<string, GradientRule>> = {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
  // The same by its name before opset 21, where ai.onnx has types of 8 bits alone.
  'com.microsoft:QuantizeLinear': quantizeLinear,
  'com.microsoft:DequantizeLinear': dequantizeLinear,
};
