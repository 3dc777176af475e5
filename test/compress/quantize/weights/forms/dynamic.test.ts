import { describe, expect, it } from 'vitest';
import { makeNode } from '../../../../../shared/onnx/make-node.ts';
import { float32Tensor } from '../../../../../shared/onnx/make-tensor.ts';
import {
  type Feed,
  feed,
  firstOutput,
  float32,
  modelOf,
  relativeError,
  weight,
} from '../../_numeric.ts';
import { applied, integers, opTypes } from '../_plan.ts';

const K = 64;
const N = 40;
const SAFE = { form: 'dynamic', limits: { highest: 127, pairSum: 128 } } as const;
const feeds = { x: feed([5, K]) };
const matmul = modelOf(
  [makeNode('MatMul', ['x', 'w'], ['y'])],
  [float32('x', [5, K])],
  [float32('y', [5, N])],
  [weight('w', [K, N])],
);

describe('dynamic', () => {
  it('quantizes the input when it comes, and stays near float32', async () => {
    const quantized = applied(matmul, [{ ...SAFE, name: 'y' }]);
    expect(opTypes(quantized)).toEqual([
      'DynamicQuantizeLinear',
      'MatMulInteger',
      'Cast',
      'Mul',
      'Mul',
    ]);
    expect(
      relativeError(await firstOutput(quantized, feeds), await firstOutput(matmul, feeds)),
    ).toBeLessThan(0.03);
  });

  it('computes the same in the fused kernel as by the text of the operators', async () => {
    const quantized = applied(matmul, [{ ...SAFE, name: 'y' }]);
    const fused = await firstOutput(quantized, feeds);
    const plain = await firstOutput(quantized, feeds, { graphOptimizationLevel: 'disabled' });
    expect(relativeError(fused, plain)).toBeLessThan(1e-6);
  });

  it('does not overflow on CPUs without VNNI, with the worst weights and inputs', async () => {
    // Pairs of 127 and inputs of 255: two products are 64,770, beyond 16 bits.
    const worst = {
      ...matmul,
      graph: {
        ...matmul.graph,
        initializers: new Map([['w', float32Tensor('w', [K, N], new Float32Array(K * N).fill(1))]]),
      },
    };
    const ones: Feed = { type: 'float32', dims: [5, K], data: new Float32Array(5 * K).fill(1) };
    const quantized = applied(worst, [{ ...SAFE, name: 'y' }]);
    expect(Math.max(...integers(quantized, '_int8'))).toBeLessThanOrEqual(64);
    const result = await firstOutput(quantized, { x: ones });
    expect(Math.max(...result.map((value) => Math.abs(value / K - 1)))).toBeLessThan(0.02);
  });

  it('quantizes an input once for all products that read it', () => {
    const three = modelOf(
      ['q', 'k', 'v'].map((name) => makeNode('MatMul', ['x', `w${name}`], [name])),
      [float32('x', [5, K])],
      ['q', 'k', 'v'].map((name) => float32(name, [5, N])),
      ['q', 'k', 'v'].map((name) => weight(`w${name}`, [K, N])),
    );
    const quantized = applied(
      three,
      ['q', 'k', 'v'].map((name) => ({ ...SAFE, name })),
    );
    expect(opTypes(quantized).filter((op) => op === 'DynamicQuantizeLinear')).toHaveLength(1);
    expect(opTypes(quantized).filter((op) => op === 'MatMulInteger')).toHaveLength(3);
  });

  it('adds the bias of a Gemm', async () => {
    const gemm = modelOf(
      [makeNode('Gemm', ['x', 'w', 'b'], ['y'], { transB: 1 })],
      [float32('x', [5, K])],
      [float32('y', [5, N])],
      [weight('w', [N, K]), weight('b', [N])],
    );
    const quantized = applied(gemm, [{ ...SAFE, name: 'y' }]);
    expect(opTypes(quantized).at(-1)).toBe('Add');
    expect(
      relativeError(await firstOutput(quantized, feeds), await firstOutput(gemm, feeds)),
    ).toBeLessThan(0.03);
  });
});
