/** EinsumDense: a dense layer whose axes an equation names. */
import type { Builder } from '../../build/builder.ts';
import { einsum } from '../../build/einsum.ts';
import { arithmetic } from '../../build/elementwise.ts';
import { reshape } from '../../build/reshape.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { activateBy } from '../activation.ts';
import { inputOf, isList, textOf, weightsOf } from '../config.ts';
import type { JsonObject, LayerCall, LayerTable } from '../layer.ts';
import { quantizationOf, quantizedEinsum } from './quantized.ts';

/** The letters of the result. */
const outputLetters = (equation: string): string => equation.split('->')[1] ?? '';

/**
 * `kernel` summed with `x` by the equation, and the bias `[…axes]` along those letters of the result.
 * @throws Unconvertible when the equation does not fit the shapes
 */
export function einsumDense(
  b: Builder,
  equation: string,
  x: Value,
  kernel: Value,
  bias?: Value,
  biasAxes = '',
): Value {
  if (!bias) return einsum(b, equation, [x, kernel]);
  const plain = equation.replaceAll(' ', '');
  const [inputs = '', kernelLetters = ''] = (plain.split('->')[0] ?? '').split(',');
  const own = [...kernelLetters].filter((letter) => !inputs.includes(letter)).join('');
  // Added before the columns are taken apart: a product and a sum next to each other become one.
  if (own === biasAxes && outputLetters(plain).endsWith(own))
    return einsum(b, equation, [x, kernel], bias);
  const sum = einsum(b, equation, [x, kernel]);
  return arithmetic(b, 'Add', sum, alongLetters(b, bias, biasAxes, outputLetters(plain), sum.rank));
}

/** The bias with axes of size 1 for the letters that it does not have. */
export function alongLetters(
  b: Builder,
  bias: Value,
  own: string,
  output: string,
  rank: number,
): Value {
  const letters = output.replace('...', '.'.repeat(Math.max(0, rank - (output.length - 3))));
  const first = Math.max(0, Math.min(...[...own].map((letter) => letters.indexOf(letter))));
  const sizes = [...letters.slice(first)].map((letter) => {
    const axis = own.indexOf(letter);
    return axis < 0 ? 1 : (bias.sizes[axis] ?? null);
  });
  return reshape(b, bias, sizes);
}

/** The letters of `bias_axes`; none when there is no bias. */
function biasAxesOf({ bias_axes: axes }: JsonObject): string {
  if (axes === null || axes === undefined) return '';
  if (typeof axes === 'string') return axes;
  if (isList(axes)) return axes.join('');
  throw new Unconvertible('its "bias_axes" is no text');
}

const outputShape = ({ output_shape: shape }: JsonObject): readonly unknown[] =>
  isList(shape) ? shape : [shape];

function layer(call: LayerCall): Value {
  const { b, config, weights } = call;
  const equation = textOf(config, 'equation');
  const axes = biasAxesOf(config);
  const x = inputOf(call);
  if (quantizationOf(call))
    return activateBy(call, quantizedEinsum(call, equation, x, axes, outputShape(config)));
  const [kernel, bias] = weightsOf({ weights }, axes === '' ? 1 : 2);
  if (!kernel) throw new Unconvertible('the file holds no kernel');
  return activateBy(call, einsumDense(b, equation, x, kernel, bias, axes));
}

export const EINSUM_DENSE: LayerTable = { EinsumDense: layer };
