import { describe, expect, it } from 'vitest';
import { obeysPairSum } from '../../../../shared/compress/quantize/int8/numbers/overflow.ts';
import {
  quantizeWeights,
  roundByMoments,
} from '../../../../shared/compress/quantize/int8/quantize-weights.ts';
import {
  findWeightedNodes,
  type WeightedNode,
  weightMatrix,
} from '../../../../shared/compress/quantize/int8/weighted-nodes.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import type { Node } from '../../../../shared/onnx/model.ts';
import type { StoredTensor } from '../../../../shared/onnx/stored-tensor.ts';
import { floatValues } from '../../../../shared/onnx/tensor-data.ts';
import { float32, modelOf, normals, weight } from '../_numeric.ts';

const EIGHT_BITS = { highest: 127, pairSum: null };
const NO_OVERFLOW = { highest: 127, pairSum: 128 };

function weighted(node: Node, initializers: readonly StoredTensor[]): WeightedNode {
  const { weighted: found } = findWeightedNodes(
    modelOf([node], [float32('x', [1, 8])], [float32('y', [1, 8])], initializers),
  );
  if (!found[0]) throw new Error('not weighted');
  return found[0];
}

const GEMM = weighted(makeNode('Gemm', ['x', 'w', 'b'], ['y'], { transB: 1 }), [
  weight('w', [16, 8]),
  weight('b', [16]),
]);
const MATMUL = weighted(makeNode('MatMul', ['x', 'w'], ['y']), [weight('w', [8, 16])]);
const GROUPED = weighted(makeNode('Conv', ['x', 'w'], ['y'], { group: 2 }), [
  weight('w', [4, 2, 3, 1]),
]);

/** Moments of inputs [count, size] about 0. */
function momentsOf(inputs: readonly Float32Array[], groups = 1) {
  const size = inputs[0]?.length ?? 0;
  const products = new Float64Array(size * size);
  const means = new Float64Array(size);
  for (const input of inputs) {
    for (let i = 0; i < size; i++) {
      means[i] = (means[i] ?? 0) + (input[i] ?? 0) / inputs.length;
      for (let j = 0; j < size; j++)
        products[i * size + j] =
          (products[i * size + j] ?? 0) + ((input[i] ?? 0) * (input[j] ?? 0)) / inputs.length;
    }
  }
  return {
    blocks: 1,
    size,
    positions: inputs.length,
    products: Array.from({ length: groups }, () => products),
    means: Array.from({ length: groups }, () => means),
  };
}

/** Inputs that move together around a mean. */
const correlated = (size: number, mean = 0): Float32Array[] =>
  Array.from({ length: 200 }, (_, sample) => {
    const common = (normals(1, 5000 + sample)[0] ?? 0) * 2;
    return normals(size, sample).map((value, at) => common * (1 + at / size) + 0.3 * value + mean);
  });

interface Rounded {
  readonly codes: Int8Array;
  readonly scales: Float32Array;
  readonly bias?: Float32Array;
}

/** What rounding does to the outputs for each input. */
function outputErrors(node: WeightedNode, { codes, scales, bias }: Rounded, input: Float32Array) {
  const values = weightMatrix(node, floatValues(node.weight));
  const before = node.bias ? floatValues(node.bias) : new Float32Array(node.rows);
  return Array.from({ length: node.rows }, (_, row) => {
    let error = (bias?.[row] ?? before[row] ?? 0) - (before[row] ?? 0);
    for (let column = 0; column < node.columns; column++) {
      const at = row * node.columns + column;
      error += ((codes[at] ?? 0) * (scales[row] ?? 0) - (values[at] ?? 0)) * (input[column] ?? 0);
    }
    return error;
  });
}

const meanSquare = (node: WeightedNode, rounded: Rounded, inputs: readonly Float32Array[]) => {
  const errors = inputs.flatMap((input) => outputErrors(node, rounded, input));
  return errors.reduce((sum, error) => sum + error * error, 0) / errors.length;
};

describe('quantizeWeights', () => {
  it.each([
    ['Gemm', GEMM],
    ['MatMul', MATMUL],
    ['grouped Conv', GROUPED],
  ])('%s: every weight within half a step, codes that are used up', (_, node) => {
    const { codes, scales } = quantizeWeights(node, EIGHT_BITS);
    const values = weightMatrix(node, floatValues(node.weight));
    expect(scales.length).toBe(node.rows);
    for (const [at, code] of codes.entries()) {
      const scale = scales[Math.floor(at / node.columns)] ?? 0;
      // The largest of a channel may be clipped by up to 30 % where that serves the others.
      if (Math.abs(code) < 127)
        expect(Math.abs(code * scale - (values[at] ?? 0))).toBeLessThanOrEqual(scale * 0.5001);
    }
    for (let row = 0; row < node.rows; row++) {
      const used = codes.subarray(row * node.columns, (row + 1) * node.columns);
      expect(Math.max(...used.map(Math.abs))).toBe(127);
    }
  });

  it('keeps pairs of weights below the sum that overflows', () => {
    const { codes } = quantizeWeights(GEMM, NO_OVERFLOW);
    for (let row = 0; row < GEMM.rows; row++)
      expect(obeysPairSum(codes, 128, row * GEMM.columns, GEMM.columns)).toBe(true);
    expect(Math.max(...codes.map(Math.abs))).toBeGreaterThan(63);
  });

  it('takes no scale below the one that the bias needs', () => {
    const least = new Float64Array(GEMM.rows).fill(0.25);
    expect([...quantizeWeights(GEMM, EIGHT_BITS, { least }).scales]).toEqual(
      Array.from(least, Math.fround),
    );
  });
});

describe('roundByMoments', () => {
  it('is to the nearest code where inputs have nothing in common', () => {
    const size = 8;
    const identity = Float64Array.from({ length: 64 }, (_, at) => (at % 9 === 0 ? 1 : 0));
    const moments = {
      blocks: 1,
      size,
      positions: 1,
      products: [identity],
      means: [new Float64Array(size)],
    };
    const { codes, scales, bias } = roundByMoments(GEMM, EIGHT_BITS, moments);
    expect({ codes, scales }).toEqual(quantizeWeights(GEMM, EIGHT_BITS));
    expect(bias).toEqual(GEMM.bias && floatValues(GEMM.bias));
  });

  it('does less to the outputs than rounding to the nearest, where inputs move together', () => {
    const inputs = correlated(8);
    for (const node of [GEMM, MATMUL]) {
      const nearest = meanSquare(node, quantizeWeights(node, EIGHT_BITS), inputs);
      const byError = meanSquare(node, roundByMoments(node, EIGHT_BITS, momentsOf(inputs)), inputs);
      expect(byError).toBeLessThan(0.7 * nearest);
    }
  });

  it('moves the mean of the error into the bias', () => {
    const inputs = correlated(8, 5);
    const moments = momentsOf(inputs);
    const rounded = roundByMoments(GEMM, EIGHT_BITS, moments);
    const mean = Float32Array.from(moments.means[0] ?? []);
    for (const error of outputErrors(GEMM, rounded, mean))
      expect(Math.abs(error)).toBeLessThan(1e-5);
    const uncorrected = { codes: rounded.codes, scales: rounded.scales };
    expect(Math.max(...outputErrors(GEMM, uncorrected, mean).map(Math.abs))).toBeGreaterThan(0.01);
  });

  it('gives a Conv a bias, and a MatMul none, which could not take it', () => {
    expect(roundByMoments(MATMUL, EIGHT_BITS, momentsOf(correlated(8, 5))).bias).toBeUndefined();
    const { bias } = roundByMoments(GROUPED, EIGHT_BITS, momentsOf(correlated(6, 5), 2));
    expect(bias?.length).toBe(4);
    expect(bias?.some((value) => value !== 0)).toBe(true);
  });

  it('is to the nearest code again where the rounding of the input outweighs all', () => {
    const moments = { ...momentsOf(correlated(8)), means: [new Float64Array(8)] };
    const { codes } = roundByMoments(GEMM, EIGHT_BITS, moments, 1e6);
    expect(codes).toEqual(quantizeWeights(GEMM, EIGHT_BITS).codes);
  });

  it('rounds the groups of a Conv apart, each by its own inputs', () => {
    const one = momentsOf(correlated(6));
    const still = new Float64Array(36);
    const moments = {
      ...one,
      products: [...one.products, still],
      means: [...one.means, new Float64Array(6)],
    };
    const both = roundByMoments(GROUPED, EIGHT_BITS, momentsOf(correlated(6), 2));
    const mixed = roundByMoments(GROUPED, EIGHT_BITS, moments);
    expect(mixed.codes.subarray(0, 12)).toEqual(both.codes.subarray(0, 12));
    // An input that was always 0: any codes are right, and all numbers are finite.
    expect([...mixed.scales, ...(mixed.bias ?? [])].every(Number.isFinite)).toBe(true);
    expect(mixed.scales.every((scale) => scale > 0)).toBe(true);
  });

  it('obeys the pair bound', () => {
    const { codes } = roundByMoments(GEMM, NO_OVERFLOW, momentsOf(correlated(8)));
    for (let row = 0; row < GEMM.rows; row++)
      expect(obeysPairSum(codes, 128, row * GEMM.columns, GEMM.columns)).toBe(true);
  });
});
