import { expect, it } from 'vitest';
import { buildModel } from '../../../shared/formats/build/build-model.ts';
import { recur } from '../../../shared/formats/build/recurrence.ts';
import { runModel } from '../keras/_run.ts';

it('a linear RNN of both directions adds up what it sees', async () => {
  const { model } = buildModel(undefined, (b) => {
    const x = b.input('x', 'float32', [3, 'batch', 1]);
    const one = b.numbers([1], 'float32', [1, 1]);
    const weights = { kernel: one, recurrent: one, bias: undefined };
    const { sequence, states } = recur(b, x, {
      op: 'RNN',
      units: 1,
      weights: [weights, weights],
      isReverse: false,
      activations: [{ name: 'Affine', alpha: 1, beta: 0 }],
      isResetAfter: false,
    });
    expect(sequence.shape).toEqual([3, 2, 'batch', 1]);
    b.output('y', sequence);
    for (const state of states) b.output('h', state);
  });
  const results = await runModel(model, {
    x: { type: 'float32', dims: [3, 1, 1], data: Float32Array.of(1, 2, 3) },
  });
  expect([...(results.y?.data ?? [])]).toEqual([1, 6, 3, 5, 6, 3]);
  expect([...(results.h?.data ?? [])]).toEqual([6, 6]);
});

it('weights of another size are refused', () => {
  expect(() =>
    buildModel(undefined, (b) => {
      const x = b.input('x', 'float32', [3, 1, 1]);
      const kernel = b.numbers([1, 2, 3], 'float32', [1, 3]);
      recur(b, x, {
        op: 'LSTM',
        units: 1,
        weights: [{ kernel, recurrent: kernel, bias: undefined }],
        isReverse: false,
        activations: [],
        isResetAfter: false,
      });
    }),
  ).toThrow('no constants of 4 × 1 columns');
});
