import { describe, expect, it } from 'vitest';
import { makeNode } from '../../../../../shared/onnx/make-node.ts';
import { firstOutput, float32, int64, modelOf, relativeError, weight } from '../../_numeric.ts';
import { applied, opTypes } from '../_plan.ts';

const lookup = modelOf(
  [makeNode('Gather', ['w', 'i'], ['y'])],
  [int64('i', [2, 2])],
  [float32('y', [2, 2, 24])],
  [weight('w', [50, 24])],
);

describe('gather-dequantize', () => {
  const quantized = applied(lookup, [{ name: 'y', form: 'gather-dequantize' }]);

  it('gathers codes and dequantizes what was gathered', () => {
    expect(opTypes(quantized)).toEqual(['Gather', 'DequantizeLinear']);
  });

  it('is near float32, whatever the rank of the indices', async () => {
    const feeds = {
      i: { type: 'int64' as const, dims: [2, 2], data: BigInt64Array.of(0n, -1n, 7n, 49n) },
    };
    expect(
      relativeError(await firstOutput(quantized, feeds), await firstOutput(lookup, feeds)),
    ).toBeLessThan(0.01);
  });
});
