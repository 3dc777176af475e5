/** Ops that treat each element by itself: arithmetic with broadcasting, activations. */
import { floatOf, stringOf } from '../../../onnx/attributes.ts';
import type { Backward } from '../backward.ts';
import { type GradientRule, gradientOf, inputOf, type RuleInput, shapeOfInput } from '../rule.ts';

/** Helpers over values of one shape. */
const times = (back: Backward, a: string, b: string): string =>
  back.emit('Mul', [a, b], wider(back, a, b));
const plus = (back: Backward, a: string, b: string): string =>
  back.emit('Add', [a, b], wider(back, a, b));
const minus = (back: Backward, a: string, b: string): string =>
  back.emit('Sub', [a, b], wider(back, a, b));

/** One of the two is a scalar or has the other's shape. */
const wider = (back: Backward, a: string, b: string) =>
  back.shapeOf(a).length >= back.shapeOf(b).length ? back.shapeOf(a) : back.shapeOf(b);

/** A rule of one operand: `slope` is the derivative of the output by it, given input and output. */
const unary =
  (slope: (input: RuleInput, x: string, y: string) => string): GradientRule =>
  (input) => {
    const [x, y] = [inputOf(input, 0), input.node.outputs[0] ?? ''];
    return [times(input.back, gradientOf(input), slope(input, x, y))];
  };

/** 1 where a condition holds, else 0. */
const indicator = (back: Backward, op: string, inputs: readonly string[], like: string): string => {
  const holds = back.emit(op, inputs, back.shapeOf(like));
  return back.emit('Cast', [holds], back.shapeOf(like), { attributes: { to: FLOAT } });
};

/** ONNX's number of float32. */
const FLOAT = 1;
const BOOL = 9;

/** Both operands of a node, and the gradient of its output by each, before broadcasting is undone. */
const binary =
  (
    slopes: (
      input: RuleInput,
      gradient: string,
      a: string,
      b: string,
    ) => readonly [() => string, () => string],
  ): GradientRule =>
  (input) => {
    const gradient = gradientOf(input);
    const [a, b] = [inputOf(input, 0), inputOf(input, 1)];
    return slopes(input, gradient, a, b).map((make, position) =>
      input.needs(position)
        ? input.back.unbroadcast(make(), shapeOfInput(input, position))
        : undefined,
    );
  };

/** The gradient has the widest shape: it decides what an intermediate has. */
const wide = (back: Backward, op: string, gradient: string, inputs: readonly string[]): string =>
  back.emit(op, inputs, back.shapeOf(gradient));

const add = binary((_, gradient) => [() => gradient, () => gradient]);
const sub = binary(({ back }, gradient) => [() => gradient, () => back.unary('Neg', gradient)]);
const mul = binary(({ back }, gradient, a, b) => [
  () => wide(back, 'Mul', gradient, [gradient, b]),
  () => wide(back, 'Mul', gradient, [gradient, a]),
]);
const div = binary(({ back, node }, gradient, _, b) => {
  const quotient = (): string => wide(back, 'Div', gradient, [gradient, b]);
  return [
    quotient,
    // d(a/b)/db = −(a/b)/b
    () => back.unary('Neg', wide(back, 'Mul', gradient, [quotient(), node.outputs[0] ?? ''])),
  ];
});
const pow = binary(({ back, node }, gradient, a, b) => [
  () => {
    const lower = wide(back, 'Sub', gradient, [b, back.scalar(1)]);
    const slope = wide(back, 'Mul', gradient, [wide(back, 'Pow', gradient, [a, lower]), b]);
    return times(back, gradient, slope);
  },
  () => {
    const slope = wide(back, 'Mul', gradient, [node.outputs[0] ?? '', back.unary('Log', a)]);
    return times(back, gradient, slope);
  },
]);

/** Of equal operands the first gets all: the sum over both is right, and one of them is a subgradient. */
const extreme = (isFirst: string): GradientRule =>
  binary(({ back }, gradient, a, b) => {
    const first = (): string => indicator(back, isFirst, [a, b], gradient);
    return [
      () => times(back, gradient, first()),
      () => times(back, gradient, minus(back, back.scalar(1), first())),
    ];
  });

const where: GradientRule = (input) => {
  const { back, needs } = input;
  const gradient = gradientOf(input);
  const condition = inputOf(input, 0);
  const zero = back.scalar(0);
  return [
    undefined,
    needs(1)
      ? back.unbroadcast(
          wide(back, 'Where', gradient, [condition, gradient, zero]),
          shapeOfInput(input, 1),
        )
      : undefined,
    needs(2)
      ? back.unbroadcast(
          wide(back, 'Where', gradient, [condition, zero, gradient]),
          shapeOfInput(input, 2),
        )
      : undefined,
  ];
};

/** Sum and Mean of any number of operands. */
const sumOf =
  (isMean: boolean): GradientRule =>
  (input) => {
    const { back, node, needs } = input;
    const gradient = gradientOf(input);
    const part = isMean ? times(back, gradient, back.scalar(1 / node.inputs.length)) : gradient;
    return node.inputs.map((_, position) =>
      needs(position) ? back.unbroadcast(part, shapeOfInput(input, position)) : undefined,
    );
  };

/** Passes the gradient where the output is the input: between the bounds. */
const clip: GradientRule = (input) => {
  const { back, node } = input;
  const gradient = gradientOf(input);
  const inside = indicator(back, 'Equal', [inputOf(input, 0), node.outputs[0] ?? ''], gradient);
  return [times(back, gradient, inside)];
};

const straightThrough: GradientRule = (input) => [gradientOf(input)];

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

const oneMinusSquare = (back: Backward, y: string): string =>
  minus(back, back.scalar(1), times(back, y, y));

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
export const ELEMENTWISE: Readonly<Record<string, GradientRule>> = {
  Add: add,
  Sub: sub,
  Mul: mul,
  Div: div,
  Pow: pow,
  Max: extreme('GreaterOrEqual'),
  Min: extreme('LessOrEqual'),
  Sum: sumOf(false),
  Mean: sumOf(true),
  Where: where,
  Identity: straightThrough,
  Neg: unary(({ back }) => back.scalar(-1)),
  Abs: unary(({ back }, x) => back.unary('Sign', x)),
  Sqrt: unary(({ back }, x, y) => back.emit('Div', [back.scalar(0.5), y], back.shapeOf(x))),
  Reciprocal: unary(({ back }, _, y) => back.unary('Neg', times(back, y, y))),
  Exp: unary((_, __, y) => y),
  Log: unary(({ back }, x) => back.unary('Reciprocal', x)),
  Erf: unary(({ back }, x) => {
    const square = back.unary('Neg', times(back, x, x));
    return times(back, back.unary('Exp', square), back.scalar(2 / Math.sqrt(Math.PI)));
  }),
  Sin: unary(({ back }, x) => back.unary('Cos', x)),
  Cos: unary(({ back }, x) => back.unary('Neg', back.unary('Sin', x))),
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
  Clip: clip,
  // What is rounded goes through as it is: the straight-through estimator of quantization-aware training.
  Round: straightThrough,
  Floor: straightThrough,
  Ceil: straightThrough,
};
