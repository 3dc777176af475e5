/** Products of matrices. */
import { floatOf, intOf } from '../../../onnx/attributes.ts';
import { countOf, type Shape } from '../../emitter.ts';
import type { Backward } from '../backward.ts';
import { type GradientRule, gradientOf, inputOf, shapeOfInput } from '../rule.ts';

const lastTwoSwapped = (back: Backward, value: string): string => {
  const axes = back.shapeOf(value).map((_, axis) => axis);
  const [last = 0, former = 0] = [axes.pop(), axes.pop()];
  return back.transpose(value, [...axes, last, former]);
};

/** Y = A B over the leading axes, which broadcast: dA = dY Bᵀ, dB = Aᵀ dY. */
const matMul: GradientRule = (input) => {
  const { back, needs } = input;
  // A vector on the left is a row, one on the right a column, and the result has one axis less.
  const left = asMatrix(shapeOfInput(input, 0), (length) => [1, length]);
  const right = asMatrix(shapeOfInput(input, 1), (length) => [length, 1]);
  const [a, b] = [back.reshape(inputOf(input, 0), left), back.reshape(inputOf(input, 1), right)];
  const [rows = 1, inner = 1, columns = 1] = [left.at(-2), left.at(-1), right.at(-1)];
  const given = gradientOf(input);
  const own = [0, 1].filter((position) => shapeOfInput(input, position).length > 1).length;
  const wide = back.shapeOf(given);
  const lead = wide.slice(0, wide.length - own);
  const gradient = back.reshape(given, [...lead, rows, columns]);
  const ofA = (): string =>
    back.unbroadcast(
      back.emit('MatMul', [gradient, lastTwoSwapped(back, b)], [...lead, rows, inner]),
      left,
    );
  const ofB = (): string => {
    if (right.length > 2) {
      const product = back.emit(
        'MatMul',
        [lastTwoSwapped(back, a), gradient],
        [...lead, inner, columns],
      );
      return back.unbroadcast(product, right);
    }
    // One matrix for all samples: a single product sums over them.
    const count = countOf(left.slice(0, -1));
    const flat = [back.reshape(a, [count, inner]), back.reshape(gradient, [count, columns])];
    return back.emit('Gemm', flat, right, { attributes: { transA: 1 } });
  };
  return [ofA, ofB].map((make, position) =>
    needs(position) ? back.reshape(make(), shapeOfInput(input, position)) : undefined,
  );
};

const asMatrix = (shape: Shape, ofVector: (length: number) => Shape): Shape =>
  shape.length === 1 ? ofVector(shape[0] ?? 1) : shape;

/** Y = α op(A) op(B) + β C. */
const gemm: GradientRule = (input) => {
  const { back, needs, node } = input;
  const gradient = gradientOf(input);
  const [a, b] = [inputOf(input, 0), inputOf(input, 1)];
  const alpha = { type: 'float', value: floatOf(node, 'alpha', 1) } as const;
  const [transA, transB] = [intOf(node, 'transA', 0), intOf(node, 'transB', 0)];
  const product = (inputs: string[], position: number, transposed: [number, number]): string =>
    back.emit('Gemm', inputs, shapeOfInput(input, position), {
      attributes: { alpha, transA: transposed[0], transB: transposed[1] },
    });
  const ofA = (): string =>
    transA
      ? product([b, gradient], 0, [transB, 1])
      : product([gradient, b], 0, [0, transB ? 0 : 1]);
  const ofB = (): string =>
    transB
      ? product([gradient, a], 1, [1, transA])
      : product([a, gradient], 1, [transA ? 0 : 1, 0]);
  const ofC = (): string => {
    const beta = floatOf(node, 'beta', 1);
    const scaled =
      beta === 1
        ? gradient
        : back.emit('Mul', [gradient, back.scalar(beta)], back.shapeOf(gradient));
    return back.unbroadcast(scaled, shapeOfInput(input, 2));
  };
  return [
    needs(0) ? ofA() : undefined,
    needs(1) ? ofB() : undefined,
    node.inputs[2] && needs(2) ? ofC() : undefined,
  ];
};

/** By op type. */
export const PRODUCTS: Readonly<Record<string, GradientRule>> = { MatMul: matMul, Gemm: gemm };
