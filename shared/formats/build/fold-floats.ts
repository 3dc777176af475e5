/** Arithmetic on float32 constants, in arrays of their own: the statistics of a hundred layers are folded this way. */
import { bytesOf, rawTensor } from '../../onnx/make-tensor.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { elementCount, floatValues } from '../../onnx/tensor-data.ts';
import { isStatic, type Shape, sizeOf } from './dims.ts';
import { MAX_KNOWN, type Value } from './value.ts';

/** An input, and how far it goes on for each element of the result: 0 where it is one number for all. */
interface Source {
  readonly values: Float32Array;
  readonly step: number;
}

/** Each loop computes in double precision and rounds once; a call for each element would take four times as long. */
type Loop = (result: Float32Array, x: Source, y: Source) => void;

const LOOPS: Readonly<Record<string, Loop>> = {
  Add(result, { values: x, step: dx }, { values: y, step: dy }) {
    for (let at = 0; at < result.length; at++)
      result[at] = (x[at * dx] as number) + (y[at * dy] as number);
  },
  Sub(result, { values: x, step: dx }, { values: y, step: dy }) {
    for (let at = 0; at < result.length; at++)
      result[at] = (x[at * dx] as number) - (y[at * dy] as number);
  },
  Mul(result, { values: x, step: dx }, { values: y, step: dy }) {
    for (let at = 0; at < result.length; at++)
      result[at] = (x[at * dx] as number) * (y[at * dy] as number);
  },
  Div(result, { values: x, step: dx }, { values: y, step: dy }) {
    for (let at = 0; at < result.length; at++)
      result[at] = (x[at * dx] as number) / (y[at * dy] as number);
  },
  Sqrt(result, { values: x }) {
    for (let at = 0; at < result.length; at++) result[at] = Math.sqrt(x[at] as number);
  },
  Reciprocal(result, { values: x }) {
    for (let at = 0; at < result.length; at++) result[at] = 1 / (x[at] as number);
  },
};

/**
 * The result of an elementwise ONNX operator on float32 constants that have as many elements as it, or one;
 * `undefined` for all else.
 */
export function foldFloats(
  op: string,
  inputs: readonly Value[],
  shape: Shape | null,
): StoredTensor | undefined {
  const loop = Object.hasOwn(LOOPS, op) ? LOOPS[op] : undefined;
  if (!loop || !isStatic(shape)) return undefined;
  const count = sizeOf(shape);
  if (count > MAX_KNOWN) return undefined;
  const sources: Source[] = [];
  for (const { constant } of inputs) {
    const own = constant?.type === 'float32' ? elementCount(constant) : undefined;
    if (!constant || (own !== count && own !== 1)) return undefined;
    sources.push({ values: floatValues(constant), step: own === count ? 1 : 0 });
  }
  const [x, y = x] = sources;
  if (!x || !y) return undefined;
  const result = new Float32Array(count);
  loop(result, x, y);
  return rawTensor('', 'float32', shape, bytesOf(result));
}
