import { describe, expect, it } from 'vitest';
import { makeNode } from '../../../../../shared/onnx/make-node.ts';
import { feed, firstOutput, float32, modelOf, relativeError, weight } from '../../_numeric.ts';
import { applied, initializer, opTypes } from '../_plan.ts';

describe('dynamic-lstm', () => {
  const lstm = modelOf(
    [
      makeNode(
        'LSTM',
        ['x', 'w', 'r', 'b'],
        ['y'],
        { hidden_size: 12, direction: 'bidirectional' },
        'rnn',
      ),
    ],
    [float32('x', [4, 2, 10])],
    [float32('y', [4, 2, 2, 12])],
    [weight('w', [2, 48, 10]), weight('r', [2, 48, 12]), weight('b', [2, 96])],
  );
  const quantized = applied(lstm, [
    { name: 'y', form: 'dynamic-lstm', limits: { highest: 127, pairSum: 128 } },
  ]);

  it('lays weights out as the kernel reads them', () => {
    expect(opTypes(quantized)).toEqual(['DynamicQuantizeLSTM']);
    expect(initializer(quantized, 'w_int8').dims).toEqual([2, 10, 48]);
    expect(initializer(quantized, 'r_scale').dims).toEqual([2, 48]);
    expect(quantized.graph.nodes[0]?.attributes.get('hidden_size')).toEqual({
      type: 'int',
      value: 12,
    });
  });

  it('stays near float32, in both directions', async () => {
    const feeds = { x: feed([4, 2, 10]) };
    expect(
      relativeError(await firstOutput(quantized, feeds), await firstOutput(lstm, feeds)),
    ).toBeLessThan(0.03);
  });
});
