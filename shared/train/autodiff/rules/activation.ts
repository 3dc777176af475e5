/** Activations. */
import { floatOf, stringOf } from '../../../onnx/attributes.ts';
import type { Backward } from '../backward.ts';
import type { GradientRule } from '../rule.ts';
import {
  binary,
  FLOAT,
  indicator,
  minus,
  oneMinusSquare,
  plus,
  times,
  unary,
  wide,
} from './arithmetic.ts';

/** ONNX's number of bool. */
const BOOL = 9;

/** Twice a cast is faster than a comparison or Sign. */
const isPositive = (back: Backward, value: string): string => {
  const shape = back.shapeOf(value);
  const bits = back.emit('Cast', [value], shape, { attributes: { to: BOOL } });
  return back.emit('Cast', [bits], shape, { attributes: { to: FLOAT } });
};

/** 1 for x > 0, else `below`. */
const step = (back: Backward, x: string, below: string): string => {
  const positive = indicator(back, 'Greater', [x, back.scalar(0)], x);
  const rest = minus(back, back.scalar(1), positive);
  return plus(back, positive, times(back, rest, below));
};

const sigmoidSlope = (back: Backward, y: string): string =>
  times(back, y, minus(back, back.scalar(1), y));

/** Φ(x), the normal distribution, and its density φ(x). */
function normalParts(back: Backward, x: string): { distribution: string; density: string } {
  const scaled = times(back, x, back.scalar(Math.SQRT1_2));
  const erf = back.unary('Erf', scaled);
  const half = back.scalar(0.5);
  const distribution = plus(back, times(back, erf, half), half);
  const square = times(back, times(back, x, x), back.scalar(-0.5));
  const density = times(back, back.unary('Exp', square), back.scalar(1 / Math.sqrt(2 * Math.PI)));
  return { distribution, density };
}

const gelu: GradientRule = unary(({ back, node }, x) => {
  if (stringOf(node, 'approximate', 'none') === 'none') {
    const { distribution, density } = normalParts(back, x);
    return plus(back, distribution, times(back, x, density));
  }
  // 0.5 x (1 + tanh u), u = √(2/π) (x + 0.044715 x³)
  const cubic = times(back, times(back, x, x), back.scalar(0.044715));
  const root = back.scalar(Math.sqrt(2 / Math.PI));
  const u = times(back, times(back, x, plus(back, cubic, back.scalar(1))), root);
  const tanh = back.unary('Tanh', u);
  const half = back.scalar(0.5);
  const inner = times(back, plus(back, times(back, cubic, back.scalar(3)), back.scalar(1)), root);
  const slope = times(back, times(back, times(back, x, half), oneMinusSquare(back, tanh)), inner);
  return plus(back, times(back, plus(back, tanh, back.scalar(1)), half), slope);
});

const hardSigmoidSlope = (back: Backward, alpha: number, beta: number, x: string): string => {
  const line = plus(back, times(back, x, back.scalar(alpha)), back.scalar(beta));
  const low = indicator(back, 'Greater', [line, back.scalar(0)], x);
  const high = indicator(back, 'Less', [line, back.scalar(1)], x);
  return times(back, times(back, low, high), back.scalar(alpha));
};

/** By op type, ai.onnx unless a domain stands before a colon. */
export const ACTIVATIONS: Readonly<Record<string, GradientRule>> = {
  Relu: unary(({ back }, _, y) => isPositive(back, y)),
  LeakyRelu: unary(({ back, node }, x) => step(back, x, back.scalar(floatOf(node, 'alpha', 0.01)))),
  Elu: unary(({ back, node }, x, y) =>
    // Below zero α eˣ = y + α.
    step(back, x, plus(back, y, back.scalar(floatOf(node, 'alpha', 1)))),
  ),
  Selu: unary(({ back, node }, x, y) => {
    const alpha = floatOf(node, 'alpha', 1.6732632);
    const gamma = floatOf(node, 'gamma', 1.0507009);
    const below = plus(back, y, back.scalar(alpha * gamma));
    const positive = indicator(back, 'Greater', [x, back.scalar(0)], x);
    const rest = minus(back, back.scalar(1), positive);
    return plus(back, times(back, positive, back.scalar(gamma)), times(back, rest, below));
  }),
  PRelu: binary(({ back }, gradient, x, slope) => {
    const positive = (): string => indicator(back, 'Greater', [x, back.scalar(0)], gradient);
    return [
      () => {
        const above = positive();
        const rest = minus(back, back.scalar(1), above);
        const below = wide(back, 'Mul', gradient, [rest, slope]);
        return times(back, gradient, plus(back, above, below));
      },
      () => times(back, gradient, wide(back, 'Min', gradient, [x, back.scalar(0)])),
    ];
  }),
  Sigmoid: unary(({ back }, _, y) => sigmoidSlope(back, y)),
  Tanh: unary(({ back }, _, y) => oneMinusSquare(back, y)),
  Softplus: unary(({ back }, x) => back.unary('Sigmoid', x)),
  Softsign: unary(({ back }, x) => {
    const one = plus(back, back.unary('Abs', x), back.scalar(1));
    return back.unary('Reciprocal', times(back, one, one));
  }),
  HardSigmoid: unary(({ back, node }, x) =>
    hardSigmoidSlope(back, floatOf(node, 'alpha', 0.2), floatOf(node, 'beta', 0.5), x),
  ),
  HardSwish: unary(({ back }, x) => {
    // x · h(x): h + x h'
    const sixth = plus(back, times(back, x, back.scalar(1 / 6)), back.scalar(0.5));
    const gate = back.emit('Clip', [sixth, back.scalar(0), back.scalar(1)], back.shapeOf(x));
    return plus(back, gate, times(back, x, hardSigmoidSlope(back, 1 / 6, 0.5, x)));
  }),
  Mish: unary(({ back }, x) => {
    // x tanh(s), s = softplus(x): tanh(s) + x (1 − tanh²(s)) σ(x)
    const tanh = back.unary('Tanh', back.unary('Softplus', x));
    const sigmoid = back.unary('Sigmoid', x);
    return plus(back, tanh, times(back, times(back, x, oneMinusSquare(back, tanh)), sigmoid));
  }),
  Gelu: gelu,
  'com.microsoft:Gelu': gelu,
  ThresholdedRelu: unary(({ back, node }, x) =>
    indicator(back, 'Greater', [x, back.scalar(floatOf(node, 'alpha', 1))], x),
  ),
  Celu: unary(({ back, node }, x, y) => {
    // Below zero e^(x/α) = y/α + 1.
    const below = times(back, y, back.scalar(1 / floatOf(node, 'alpha', 1)));
    return step(back, x, plus(back, below, back.scalar(1)));
  }),
  Shrink: unary(({ back, node }, x) =>
    indicator(back, 'Greater', [back.unary('Abs', x), back.scalar(floatOf(node, 'lambd', 0.5))], x),
  ),
};
