/** Reductions along axes, and what is normalised along one. */
import { intOf, intsOf } from '../../../onnx/attributes.ts';
import type { Shape } from '../../emitter.ts';
import { countOf } from '../../emitter.ts';
import {
  fromFront,
  type GradientRule,
  gradientOf,
  inputOf,
  NoGradient,
  type RuleInput,
  shapeOfInput,
} from '../rule.ts';
import { times } from './arithmetic.ts';

/** Axes of a reduction, from the front: an attribute, later an input; none are all. */
function axesOf(input: RuleInput): number[] {
  const { node, constant } = input;
  const { length: rank } = shapeOfInput(input, 0);
  const written = node.inputs[1] ? constant(1) : intsOf(node, 'axes');
  if (node.inputs[1] && !written) throw new NoGradient(`${node.opType} with computed axes`);
  if (!written || written.length === 0)
    return intOf(node, 'noop_with_empty_axes', 0)
      ? []
      : shapeOfInput(input, 0).map((_, axis) => axis);
  return written.map((axis) => fromFront(axis, rank));
}

interface Reduced {
  readonly input: RuleInput;
  readonly x: string;
  readonly shape: Shape;
  readonly axes: readonly number[];
  /** The gradient, repeated along what was reduced. */
  readonly gradient: string;
  /** The output, with axes of size 1. */
  readonly y: () => string;
}

/** A rule of a reduction, given everything in the operand's axes. */
const reduction =
  (make: (reduced: Reduced) => string): GradientRule =>
  (input) => {
    const { back, node } = input;
    const x = inputOf(input, 0);
    const shape = back.shapeOf(x);
    const axes = axesOf(input);
    const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const gradient = back.expand(back.reshape(gradientOf(input), kept), shape);
    const y = (): string => back.reshape(node.outputs[0] ?? '', kept);
    return [make({ input, x, shape, axes, gradient, y })];
  };

/** The smallest normal float32. */
const TINY = 2 ** -126;

const reducedCount = ({ shape, axes }: Reduced): number =>
  countOf(axes.map((axis) => shape[axis] ?? 1));

/** The largest or smallest: of equal ones each gets its share, which is a subgradient. */
const extreme = reduction((reduced) => {
  const { input, x, shape, axes, gradient, y } = reduced;
  const { back } = input;
  const isOne = back.emit('Equal', [x, y()], shape);
  const ones = back.emit('Cast', [isOne], shape, { attributes: { to: 1 } });
  const share = back.emit('Div', [ones, back.sum(ones, axes)], shape);
  return times(back, gradient, share);
});

/** The product of the others: y / x, and where there are zeros the product without the only one, or nothing. */
const product = reduction(({ input: { back, node }, x, shape, axes, gradient }) => {
  const isZero = back.emit('Equal', [x, back.scalar(0)], shape);
  const ones = back.emit('Cast', [isZero], shape, { attributes: { to: 1 } });
  const zeros = back.sum(ones, axes);
  const nonzero = back.emit('Where', [isZero, back.scalar(1), x], shape);
  const again = back.emit(
    node.opType,
    [nonzero, ...node.inputs.slice(1)],
    back.shapeOf(node.outputs[0] ?? ''),
    { attributes: Object.fromEntries(node.attributes) },
  );
  const whole = back.reshape(again, back.shapeOf(zeros));
  const others = back.emit('Sub', [zeros, ones], shape);
  const hasNone = back.emit('Equal', [others, back.scalar(0)], shape);
  const ofOthers = back.emit('Div', [whole, nonzero], shape);
  return back.emit('Where', [hasNone, times(back, gradient, ofOthers), back.scalar(0)], shape);
});

/** Softmax and LogSoftmax go along one axis. */
const normalisedAxis = (input: RuleInput): number =>
  fromFront(intOf(input.node, 'axis', -1), shapeOfInput(input, 0).length);

/** dx = y (dy − Σ dy y) */
const softmax: GradientRule = (input) => {
  const { back, node } = input;
  const gradient = gradientOf(input);
  const shape = back.shapeOf(gradient);
  const y = node.outputs[0] ?? '';
  const weighted = times(back, gradient, y);
  const total = back.sum(weighted, [normalisedAxis(input)]);
  return [back.emit('Sub', [weighted, times(back, y, total)], shape)];
};

/** dx = dy − eʸ Σ dy */
const logSoftmax: GradientRule = (input) => {
  const { back, node } = input;
  const gradient = gradientOf(input);
  const shape = back.shapeOf(gradient);
  const share = back.emit('Exp', [node.outputs[0] ?? ''], shape);
  const total = back.sum(gradient, [normalisedAxis(input)]);
  return [back.emit('Sub', [gradient, times(back, share, total)], shape)];
};

/** By op type. */
export const REDUCTIONS: Readonly<Record<string, GradientRule>> = {
  ReduceSum: reduction(({ gradient }) => gradient),
  ReduceMean: reduction((reduced) => {
    const { input, gradient } = reduced;
    return times(input.back, gradient, input.back.scalar(1 / reducedCount(reduced)));
  }),
  ReduceMax: extreme,
  ReduceMin: extreme,
  ReduceSumSquare: reduction(({ input: { back }, x, gradient }) =>
    times(back, times(back, gradient, x), back.scalar(2)),
  ),
  ReduceL2: reduction(({ input: { back }, x, y, gradient, shape }) => {
    // A length of zero has no direction: 0, which is a subgradient.
    const length = y();
    const positive = back.emit('Max', [length, back.scalar(TINY)], back.shapeOf(length));
    return times(back, gradient, back.emit('Div', [x, positive], shape));
  }),
  ReduceL1: reduction(({ input: { back }, x, gradient, shape }) =>
    times(back, gradient, back.emit('Sign', [x], shape)),
  ),
  ReduceProd: product,
  ReduceLogSumExp: reduction(({ input: { back }, x, y, gradient, shape }) =>
    times(back, gradient, back.emit('Exp', [back.emit('Sub', [x, y()], shape)], shape)),
  ),
  ReduceLogSum: reduction(({ input: { back }, y, gradient, shape }) =>
    back.emit('Div', [gradient, back.unary('Exp', y())], shape),
  ),
  Softmax: softmax,
  LogSoftmax: logSoftmax,
};
