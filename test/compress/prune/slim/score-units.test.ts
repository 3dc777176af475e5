import { describe, expect, it } from 'vitest';
import { scoreUnits } from '../../../../shared/compress/prune/slim/score-units.ts';
import { float32Tensor } from '../../../../shared/onnx/make-tensor.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import type { StoredTensor } from '../../../../shared/onnx/stored-tensor.ts';
import { n, net } from './_nets.ts';
import { traced } from './_removal.ts';

const row = (name: string, dims: readonly number[], ...values: number[]): StoredTensor =>
  float32Tensor(name, dims, values);

/** Four hidden units; the second is never read, the weights of the last are twice as large. */
const MODEL: Model = net(
  [1, 1],
  [1, 1],
  [row('a', [1, 4], 1, 1, 1, 2), row('b', [4, 1], 1, 0, 1, 2)],
  n('MatMul', ['x', 'a'], ['f']),
  n('MatMul', ['f', 'b'], ['y']),
);

describe('scoreUnits', () => {
  it('takes what weights are where there are no samples', async () => {
    const { trace, groups } = await traced(MODEL);
    // Made by weights of squares 1, 1, 1, 4 and read by 1, 0, 1, 4; each over its mean.
    const means = [1 / 1.75 + 1 / 1.5, 1 / 1.75, 1 / 1.75 + 1 / 1.5, 4 / 1.75 + 4 / 1.5];
    const average = means.reduce((sum, mean) => sum + mean, 0) / 4;
    const [scores = []] = scoreUnits(MODEL, trace, groups, undefined);
    means.forEach((mean, at) => {
      expect(scores[at]).toBeCloseTo(mean / average, 3);
    });
  });

  it('takes what is lost in sums where there are', async () => {
    const { trace, groups } = await traced(MODEL);
    const squares = new Map([['1 f', Float64Array.of(1, 9, 3, 0)]]);
    expect(scoreUnits(MODEL, trace, groups, squares)).toEqual([[1, 0, 3, 0]]);
  });

  it('adds the scale of a batch normalization', async () => {
    const model = net(
      [1, 1, 1],
      [1, 1, 1],
      [
        row('a', [2, 1, 1], 1, 1),
        row('s', [2], 1, 3),
        row('t', [2], 0, 0),
        row('v', [2], 1, 1),
        row('b', [1, 2, 1], 1, 1),
      ],
      n('Conv', ['x', 'a'], ['f']),
      n('BatchNormalization', ['f', 's', 't', 't', 'v'], ['g']),
      n('Conv', ['g', 'b'], ['y']),
    );
    const { trace, groups } = await traced(model);
    expect(scoreUnits(model, trace, groups, undefined)).toEqual([[0.2, 1.8]]);
  });
});
