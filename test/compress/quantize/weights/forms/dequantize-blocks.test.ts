import { describe, expect, it } from 'vitest';
import { makeNode } from '../../../../../shared/onnx/make-node.ts';
import { feed, firstOutput, float32, modelOf, relativeError, weight } from '../../_numeric.ts';
import { applied, initializer, integers, opTypes, reals } from '../_plan.ts';

const K = 96;
const feeds = { x: feed([3, K]) };
const form = { name: 'y', form: 'dequantize-blocks', bits: 4, block: 32 } as const;

describe('dequantize-blocks', () => {
  const matmul = modelOf(
    [makeNode('MatMul', ['x', 'w'], ['y'])],
    [float32('x', [3, K])],
    [float32('y', [3, 25])],
    [weight('w', [K, 25])],
  );
  const quantized = applied(matmul, [form], 21);

  it('raises the opset and writes int4 in the order of the weight', () => {
    expect(opTypes(quantized)).toEqual(['DequantizeLinear', 'MatMul']);
    expect(quantized.opsets).toEqual(new Map([['', 21]]));
    expect(quantized.irVersion).toBeGreaterThanOrEqual(10);
    expect(initializer(quantized, '_int4')).toMatchObject({ type: 'int4', dims: [K, 25] });
    expect(initializer(quantized, '_scale').dims).toEqual([3, 25]);
    expect(new Set(integers(quantized, '_int4')).size).toBe(16);
    expect(reals(quantized, '_scale').every((scale) => scale > 0)).toBe(true);
  });

  it('is near float32, fused and not', async () => {
    const expected = await firstOutput(matmul, feeds);
    for (const graphOptimizationLevel of ['disabled', 'all'])
      expect(
        relativeError(await firstOutput(quantized, feeds, { graphOptimizationLevel }), expected),
      ).toBeLessThan(0.12);
  });

  it('takes a transposed Gemm as it is', async () => {
    const gemm = modelOf(
      [makeNode('Gemm', ['x', 'w', 'b'], ['y'], { transB: 1 })],
      [float32('x', [3, K])],
      [float32('y', [3, 24])],
      [weight('w', [24, K]), weight('b', [24])],
    );
    const result = applied(gemm, [form], 21);
    expect(initializer(result, '_scale').dims).toEqual([24, 3]);
    expect(
      relativeError(await firstOutput(result, feeds), await firstOutput(gemm, feeds)),
    ).toBeLessThan(0.12);
  });
});
