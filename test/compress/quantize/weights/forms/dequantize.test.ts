import { describe, expect, it } from 'vitest';
import { makeNode } from '../../../../../shared/onnx/make-node.ts';
import { feed, firstOutput, float32, modelOf, relativeError, weight } from '../../_numeric.ts';
import { applied, opTypes } from '../_plan.ts';

const matmul = modelOf(
  [makeNode('MatMul', ['x', 'w'], ['y'])],
  [float32('x', [2, 64])],
  [float32('y', [2, 48])],
  [weight('w', [64, 48])],
);

describe('dequantize', () => {
  const quantized = applied(matmul, [{ name: 'y', form: 'dequantize' }]);

  it('puts DequantizeLinear by column before the product', () => {
    expect(opTypes(quantized)).toEqual(['DequantizeLinear', 'MatMul']);
    expect(quantized.graph.nodes[0]?.attributes.get('axis')).toEqual({ type: 'int', value: 1 });
    expect(quantized.graph.initializers.get('w_scale')?.dims).toEqual([48]);
  });

  it('is near float32 in the fused kernel and out of it', async () => {
    const feeds = { x: feed([2, 64]) };
    const expected = await firstOutput(matmul, feeds);
    for (const graphOptimizationLevel of ['disabled', 'all'])
      expect(
        relativeError(await firstOutput(quantized, feeds, { graphOptimizationLevel }), expected),
      ).toBeLessThan(0.01);
  });

  it('gives every reader a DequantizeLinear of its own, over shared codes', () => {
    const twice = modelOf(
      [makeNode('MatMul', ['x', 'w'], ['t']), makeNode('MatMul', ['t', 'w'], ['y'])],
      [float32('x', [2, 64])],
      [float32('y', [2, 64])],
      [weight('w', [64, 64])],
    );
    const result = applied(twice, [
      { name: 't', form: 'dequantize' },
      { name: 'y', form: 'dequantize' },
    ]);
    expect(opTypes(result)).toEqual(['DequantizeLinear', 'MatMul', 'DequantizeLinear', 'MatMul']);
    expect(result.graph.initializers.size).toBe(2);
  });
});
