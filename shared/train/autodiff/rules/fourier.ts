/** Fourier transforms: sums of sines, so that what flows back is a product with them. */
import { intOf } from '../../../onnx/attributes.ts';
import type { Backward } from '../backward.ts';
import {
  fromFront,
  type GradientRule,
  gradientOf,
  NoGradient,
  type RuleInput,
  shapeOfInput,
} from '../rule.ts';

/** Larger matrices (64 MB) are not written into a graph. */
const MAX_MATRIX = 1 << 24;

const dft: GradientRule = (input) => {
  const { back, node } = input;
  const shape = shapeOfInput(input, 0);
  const gradient = gradientOf(input);
  const axis = axisOf(input, shape.length);
  const [from = 1, fromParts = 1] = [shape[axis], shape.at(-1)];
  const [to = 1, toParts = 1] = [back.shapeOf(gradient)[axis], back.shapeOf(gradient).at(-1)];
  const isInverse = intOf(node, 'inverse', 0) === 1;
  const isOneSided = intOf(node, 'onesided', 0) === 1;
  if (isInverse && isOneSided) throw new NoGradient('DFT backwards from one side');
  const length = lengthOf(input) ?? from;
  if (from * fromParts * to * toParts > MAX_MATRIX) throw new NoGradient(`DFT of ${from} elements`);
  const matrix = new Float32Array(to * toParts * from * fromParts);
  const set = (k: number, part: number, n: number, own: number, value: number): void => {
    if (own < fromParts && part < toParts)
      matrix[((k * toParts + part) * from + n) * fromParts + own] = value;
  };
  for (let k = 0; k < to; k++)
    for (let n = 0; n < Math.min(from, length); n++) {
      const turn = ((isInverse ? 2 : -2) * Math.PI * ((k * n) % length)) / length;
      const scale = isInverse ? 1 / length : 1;
      const [cos, sin] = [Math.cos(turn) * scale, Math.sin(turn) * scale];
      // (a + b i)(cos + sin i)
      set(k, 0, n, 0, cos);
      set(k, 0, n, 1, -sin);
      set(k, 1, n, 0, sin);
      set(k, 1, n, 1, cos);
    }
  const last = withAxisBeforeLast(back, gradient, axis);
  const rows = back.reshape(last, [...back.shapeOf(last).slice(0, -2), to * toParts]);
  const factors = back.floats([to * toParts, from * fromParts], matrix);
  const flat = [...back.shapeOf(rows).slice(0, -1), from * fromParts];
  const product = back.emit('MatMul', [rows, factors], flat);
  const apart = back.reshape(product, [...flat.slice(0, -1), from, fromParts]);
  return [withAxisBeforeLast(back, apart, axis)];
};

/** An attribute of 1, from opset 20 on an input of −2. */
function axisOf({ node, constant, opset }: RuleInput, rank: number): number {
  if (opset < 20) return fromFront(intOf(node, 'axis', 1), rank);
  const [axis] = node.inputs[2] ? (constant(2) ?? []) : [-2];
  if (axis === undefined) throw new NoGradient('DFT along a computed axis');
  return fromFront(axis, rank);
}

/** How many elements are transformed, the others being cut or zeros, where it is said. */
function lengthOf(input: RuleInput): number | undefined {
  if (!input.node.inputs[1]) return undefined;
  const [length] = input.constant(1) ?? [];
  if (length === undefined) throw new NoGradient('DFT of a computed length');
  return length;
}

/** `axis` and the one before the last change places: the last one holds real and imaginary parts. */
function withAxisBeforeLast(back: Backward, value: string, axis: number): string {
  const order = back.shapeOf(value).map((_, at) => at);
  const other = order.length - 2;
  [order[axis], order[other]] = [other, axis];
  return back.transpose(value, order);
}

/** By op type. */
export const TRANSFORMS: Readonly<Record<string, GradientRule>> = { DFT: dft };
