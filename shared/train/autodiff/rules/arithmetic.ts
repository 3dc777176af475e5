/** What rules of single elements are made of. */
import type { Shape } from '../../emitter.ts';
import type { Backward } from '../backward.ts';
import { type GradientRule, gradientOf, inputOf, type RuleInput, shapeOfInput } from '../rule.ts';

/** ONNX's number of float32. */
export const FLOAT = 1;

/** a · b, of the shape of the one with more axes, else of a: b may be broadcast. So in what follows. */
export const times = (back: Backward, a: string, b: string): string =>
  back.emit('Mul', [a, b], wider(back, a, b));
/** a + b */
export const plus = (back: Backward, a: string, b: string): string =>
  back.emit('Add', [a, b], wider(back, a, b));
/** a − b */
export const minus = (back: Backward, a: string, b: string): string =>
  back.emit('Sub', [a, b], wider(back, a, b));

const wider = (back: Backward, a: string, b: string): Shape =>
  back.shapeOf(a).length >= back.shapeOf(b).length ? back.shapeOf(a) : back.shapeOf(b);

/** A rule of one operand: `slope` is the derivative of the output by it, given input and output. */
export const unary =
  (slope: (input: RuleInput, x: string, y: string) => string): GradientRule =>
  (input) => {
    const [x, y] = [inputOf(input, 0), input.node.outputs[0] ?? ''];
    return [times(input.back, gradientOf(input), slope(input, x, y))];
  };

/** 1 where a condition holds, else 0, of the shape of `like`. */
export const indicator = (
  back: Backward,
  op: string,
  inputs: readonly string[],
  like: string,
): string => {
  const holds = back.emit(op, inputs, back.shapeOf(like));
  return back.emit('Cast', [holds], back.shapeOf(like), { attributes: { to: FLOAT } });
};

/** Both operands of a node, and the gradient of its output by each, before broadcasting is undone. */
export const binary =
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
export const wide = (
  back: Backward,
  op: string,
  gradient: string,
  inputs: readonly string[],
): string => back.emit(op, inputs, back.shapeOf(gradient));

/** What is rounded goes through as it is: the straight-through estimator of quantization-aware training. */
export const straightThrough: GradientRule = (input) => [gradientOf(input)];

/** 1 − y² */
export const oneMinusSquare = (back: Backward, y: string): string =>
  minus(back, back.scalar(1), times(back, y, y));
