import { describe, expect, it } from 'vitest';
import { makeNode } from '../../../../../shared/onnx/make-node.ts';
import { firstOutput, float32, int64, modelOf, relativeError, weight } from '../../_numeric.ts';
import { applied, opTypes } from '../_plan.ts';

const lookup = (columns: number) =>
  modelOf(
    [makeNode('Gather', ['w', 'i'], ['y'])],
    [int64('i', [3])],
    [float32('y', [3, columns])],
    [weight('w', [50, columns])],
  );
const feeds = { i: { type: 'int64' as const, dims: [3], data: BigInt64Array.of(0n, -1n, 7n) } };

describe('gather-blocks', () => {
  it.each([
    [64, true],
    [64, false],
    [50, true],
    [98, false],
  ])('is near float32 with %i columns, symmetric %s', async (columns, symmetric) => {
    const float = lookup(columns);
    const quantized = applied(float, [
      { name: 'y', form: 'gather-blocks', bits: 4, block: 32, symmetric },
    ]);
    expect(opTypes(quantized)).toEqual(['GatherBlockQuantized']);
    expect(quantized.graph.initializers.size).toBe(symmetric ? 2 : 3);
    expect(quantized.opsets.get('com.microsoft')).toBe(1);
    const error = relativeError(
      await firstOutput(quantized, feeds),
      await firstOutput(float, feeds),
    );
    expect(error).toBeLessThan(0.1);
    expect(error).toBeGreaterThan(0.05);
  });
});
