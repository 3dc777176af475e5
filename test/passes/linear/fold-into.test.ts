import { describe, expect, it } from 'vitest';
import { computedTensor } from '../../../shared/onnx/make-tensor.ts';
import { storedByteLength } from '../../../shared/onnx/tensor-data.ts';
import {
  biasVector,
  placeConstant,
  refusedWeights,
  scaledWeight,
  shiftThrough,
  vectorTensor,
  withParameters,
} from '../../../shared/passes/linear/fold-into.ts';
import { type LinearOp, linearOp } from '../../../shared/passes/linear/linear-op.ts';
import { doubleValues } from '../../../shared/rewrite/constants.ts';
import { Refusal } from '../../../shared/rewrite/refusal.ts';
import { counting, graphOf, linearOf } from './_linear.ts';

const numbers = (...values: number[]): Float64Array => Float64Array.from(values);
const gemm = (bias: string, type?: string): LinearOp =>
  linearOf('y = Gemm (x, w, b)', `${counting('w', [2, 3], type)}, ${bias}`, 'N,2');

describe('scaledWeight', () => {
  it('scales rows and columns', () => {
    const out = numbers(1, 10, 100);
    const scaled = (factors: Parameters<typeof scaledWeight>[1]) =>
      Array.from(doubleValues(scaledWeight(gemm('float b = {0}'), factors)) ?? []);
    expect(scaled({ out })).toEqual([1, 20, 300, 4, 50, 600]);
    expect(scaled({ out, in: numbers(2, -1) })).toEqual([2, 40, 600, -4, -50, -600]);
  });

  it.each(['float16', 'bfloat16', 'double'])('keeps %s, rounded once', (type) => {
    const linear = gemm(`${type} b = {0}`, type);
    const scaled = scaledWeight(linear, { out: numbers(0.5, 0.25, 2) });
    expect(scaled.type).toBe(linear.weight.type);
    expect(Array.from(doubleValues(scaled) ?? [])).toEqual([0.5, 0.5, 6, 2, 1.25, 12]);
  });

  it('reads large weights when they are written, not before', () => {
    let reads = 0;
    const weight = computedTensor('w', 'float32', [4096, 1024], () => {
      reads++;
      return new Uint8Array(4096 * 1024 * 4);
    });
    const scaled = scaledWeight({ ...gemm('float b = {0}'), weight }, { out: numbers(2) });
    expect(storedByteLength(scaled)).toBe(4096 * 1024 * 4);
    expect(reads).toBe(0);
  });
});

it('sums what a shift of the input adds to each output', () => {
  // [1 2 3; 4 5 6] by rows of inputs.
  expect(shiftThrough(gemm('float b = {0}'), numbers(1, -1))).toEqual(numbers(-3, -3, -3));
});

it.each([
  ['float[3] b = {1, 2, 3}', [1, 2, 3]],
  ['float[1,3] b = {1, 2, 3}', [1, 2, 3]],
  ['float[1,1] b = {4}', [4, 4, 4]],
  ['float[3,1] b = {1, 2, 3}', undefined],
  ['float[2,3] b = {1, 2, 3, 4, 5, 6}', undefined],
])('takes %s for one number a channel: %j', (bias, values) => {
  expect(biasVector(gemm(bias))).toEqual(values && numbers(...values));
});

it('takes no bias for zeros', () => {
  expect(biasVector(linearOf('y = MatMul (x, w)', counting('w', [2, 3])))).toEqual(
    numbers(0, 0, 0),
  );
});

describe('withParameters', () => {
  /** The inputs of the node that gives `y`, once it has the parameters, and what they hold. */
  function changed(nodes: string, initializers: string, bias?: Float64Array) {
    const { context, node } = graphOf(nodes, `${counting('w', [2, 3])}, ${initializers}`, 'N,2');
    const linear = linearOp(node('y'), context);
    if (linear instanceof Refusal) throw new Error(linear.reason);
    const weight = scaledWeight(linear, { out: numbers(2, 2, 2) });
    const { inputs } = withParameters(linear, { weight, ...(bias ? { bias } : {}) }, context);
    const held = inputs.slice(1).map((name) => {
      const tensor = context.constant(name);
      return tensor && Array.from(doubleValues(tensor) ?? [])[0];
    });
    return { inputs: inputs.join(), held };
  }

  it('puts them in place of those that this node alone reads', () => {
    const b = 'float[3] b = {1,1,1}';
    expect(changed('y = Gemm (x, w, b)', b, numbers(7, 7, 7))).toEqual({
      inputs: 'x,w,b',
      held: [2, 7],
    });
    expect(changed('y = Gemm (x, w, b)', b)).toEqual({ inputs: 'x,w,b', held: [2, 1] });
    expect(changed('y = Gemm (x, w)', b, numbers(7, 7, 7))).toEqual({
      inputs: 'x,w,y_bias',
      held: [2, 7],
    });
  });

  it('leaves those that others read', () => {
    const nodes = 'y = Gemm (x, w, b) z = Gemm (x, w, b)';
    const found = changed(nodes, 'float[3] b = {1,1,1}', numbers(7, 7, 7));
    expect(found).toEqual({ inputs: 'x,w_1,b_1', held: [2, 7] });
  });
});

it('takes a name for its own only where nobody else can see it', () => {
  const { context } = graphOf('y = Conv (x, w) z = Neg (v)', 'float[1] w = {1}, float[1] v = {1}');
  const like = context.constant('w');
  if (!like) throw new Error('no constant');
  const place = (old: string) =>
    placeConstant(old, vectorTensor('new', like, [1], numbers(5)), context);
  expect(place('w')).toBe('w');
  expect(place('')).toBe('new');
  expect(place('y')).toBe('new_1');
});

it('refuses to store large weights twice, and does so with small ones', () => {
  const shared = (size: number, others: string) => {
    const { context, node } = graphOf(
      `y = MatMul (x, w) ${others}`,
      counting('w', [size, size]),
      'N,9',
    );
    const linear = linearOp(node('y'), context);
    return linear instanceof Refusal ? linear : refusedWeights(linear, {}, context)?.reason;
  };
  expect(shared(130, 'z = MatMul (x, w)')).toBe('its weights are used elsewhere too');
  expect(shared(130, '')).toBeUndefined();
  expect(shared(8, 'z = MatMul (x, w)')).toBeUndefined();
});
