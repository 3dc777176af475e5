import { describe, expect, it } from 'vitest';
import { makeNode } from '../../../../../shared/onnx/make-node.ts';
import { float32Tensor } from '../../../../../shared/onnx/make-tensor.ts';
import type { Model } from '../../../../../shared/onnx/model.ts';
import { feed, firstOutput, float32, modelOf, relativeError, weight } from '../../_numeric.ts';
import { applied, integers, opTypes, reals } from '../_plan.ts';

const K = 80;
const N = 24;
const matmul = modelOf(
  [makeNode('MatMul', ['x', 'w'], ['y'], {}, 'product')],
  [float32('x', [3, K])],
  [float32('y', [3, N])],
  [weight('w', [K, N])],
);
const form = { form: 'matmul-nbits', bits: 4, block: 32 } as const;
const feeds = { x: feed([3, K]) };

/** The float32 model with the weights that the codes stand for, by the text of the operator. */
function decoded(quantized: Model, symmetric: boolean): Model {
  const codes = integers(quantized, '_int4');
  const scales = reals(quantized, '_scale');
  const zeros = symmetric ? [] : integers(quantized, '_zp');
  const values = new Float32Array(K * N);
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) {
      const block = Math.floor(k / 32);
      const byte = codes[(n * 3 + block) * 16 + Math.floor((k % 32) / 2)] ?? 0;
      const zero = symmetric ? 8 : ((zeros[n * 2 + (block >> 1)] ?? 0) >> (4 * (block & 1))) & 15;
      values[k * N + n] = (((byte >> (4 * (k & 1))) & 15) - zero) * (scales[n * 3 + block] ?? 0);
    }
  }
  const initializers = new Map([['w', float32Tensor('w', [K, N], values)]]);
  return { ...matmul, graph: { ...matmul.graph, initializers } };
}

describe('matmul-nbits', () => {
  it.each([true, false])(
    'computes with the weights that its codes stand for, symmetric %s',
    async (symmetric) => {
      const quantized = applied(matmul, [{ ...form, name: 'y', symmetric, accuracyLevel: 0 }]);
      expect(opTypes(quantized)).toEqual(['MatMulNBits']);
      expect(quantized.graph.nodes[0]?.name).toBe('product');
      const reference = decoded(quantized, symmetric);
      expect(
        relativeError(await firstOutput(quantized, feeds), await firstOutput(reference, feeds)),
      ).toBeLessThan(1e-6);
      expect(
        relativeError(await firstOutput(reference, feeds), await firstOutput(matmul, feeds)),
      ).toBeLessThan(0.12);
    },
  );

  it('stays near with int8 activations (accuracy level 4)', async () => {
    const quantized = applied(matmul, [{ ...form, name: 'y', accuracyLevel: 4 }]);
    expect(
      relativeError(
        await firstOutput(quantized, feeds),
        await firstOutput(decoded(quantized, true), feeds),
      ),
    ).toBeLessThan(0.02);
  });

  it('writes a Gemm with transposed weights as product and sum', async () => {
    const gemm = modelOf(
      [makeNode('Gemm', ['x', 'w', 'b'], ['y'], { transB: 1 })],
      [float32('x', [3, K])],
      [float32('y', [3, N])],
      [weight('w', [N, K]), weight('b', [N])],
    );
    const quantized = applied(gemm, [{ ...form, name: 'y', accuracyLevel: 0 }]);
    expect(opTypes(quantized)).toEqual(['MatMulNBits', 'Add']);
    expect(
      relativeError(await firstOutput(quantized, feeds), await firstOutput(gemm, feeds)),
    ).toBeLessThan(0.12);
  });
});
