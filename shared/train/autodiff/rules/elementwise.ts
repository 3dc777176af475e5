/** Ops that treat each element by itself: arithmetic with broadcasting, functions of one operand. */
import type { Backward } from '../backward.ts';
import { type GradientRule, gradientOf, inputOf, shapeOfInput } from '../rule.ts';
import {
  binary,
  FLOAT,
  indicator,
  minus,
  oneMinusSquare,
  plus,
  straightThrough,
  times,
  unary,
  wide,
} from './arithmetic.ts';

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
    // An exponent may be of integers.
    const exponent = back.emit('Cast', [b], [], { attributes: { to: FLOAT } });
    const lower = wide(back, 'Sub', gradient, [exponent, back.scalar(1)]);
    const slope = wide(back, 'Mul', gradient, [wide(back, 'Pow', gradient, [a, lower]), exponent]);
    return times(back, gradient, slope);
  },
  () => {
    const slope = wide(back, 'Mul', gradient, [node.outputs[0] ?? '', back.unary('Log', a)]);
    return times(back, gradient, slope);
  },
]);

/** Max and Min: of equal operands the first gets all, which is a subgradient. */
const extreme: GradientRule = (input) => {
  const { back, node, needs } = input;
  const gradient = gradientOf(input);
  let taken: string | undefined;
  return node.inputs.map((operand, position) => {
    const isIt = indicator(back, 'Equal', [operand, node.outputs[0] ?? ''], gradient);
    const own = taken === undefined ? isIt : times(back, isIt, minus(back, back.scalar(1), taken));
    taken = taken === undefined ? isIt : wide(back, 'Max', gradient, [taken, isIt]);
    return needs(position)
      ? back.unbroadcast(times(back, gradient, own), shapeOfInput(input, position))
      : undefined;
  });
};

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

/** The remainder of a quotient that is rounded towards zero: a − b trunc(a / b), the quotient being constant. */
const mod = binary(({ back, node }, gradient, a, b) => [
  () => gradient,
  () => {
    const rest = wide(back, 'Sub', gradient, [node.outputs[0] ?? '', a]);
    // −trunc(a / b) = (y − a) / b
    return times(back, gradient, wide(back, 'Div', gradient, [rest, b]));
  },
]);

const inverseRoot = (back: Backward, value: string): string =>
  back.unary('Reciprocal', back.unary('Sqrt', value));

/** Steps: the derivative is zero wherever there is one. */
const flat: GradientRule = () => [];

/** By op type. */
export const ELEMENTWISE: Readonly<Record<string, GradientRule>> = {
  Add: add,
  Sub: sub,
  Mul: mul,
  Div: div,
  Pow: pow,
  Max: extreme,
  Min: extreme,
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
  Tan: unary(({ back }, _, y) => plus(back, back.scalar(1), times(back, y, y))),
  // 1 / √(1 − x²)
  Asin: unary(({ back }, x) => inverseRoot(back, oneMinusSquare(back, x))),
  Acos: unary(({ back }, x) => back.unary('Neg', inverseRoot(back, oneMinusSquare(back, x)))),
  Atan: unary(({ back }, x) =>
    back.unary('Reciprocal', plus(back, times(back, x, x), back.scalar(1))),
  ),
  Sinh: unary(({ back }, x) => back.unary('Cosh', x)),
  Cosh: unary(({ back }, x) => back.unary('Sinh', x)),
  Asinh: unary(({ back }, x) => inverseRoot(back, plus(back, times(back, x, x), back.scalar(1)))),
  Acosh: unary(({ back }, x) => inverseRoot(back, minus(back, times(back, x, x), back.scalar(1)))),
  Atanh: unary(({ back }, x) => back.unary('Reciprocal', oneMinusSquare(back, x))),
  Mod: mod,
  Sign: flat,
  Clip: clip,
  Round: straightThrough,
  Floor: straightThrough,
  Ceil: straightThrough,
};
