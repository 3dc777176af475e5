import { describe, expect, it } from 'vitest';
import {
  lowestFirst,
  measureSensitivity,
} from '../../../../shared/compress/prune/slim/sensitivity.ts';
import { float32Tensor } from '../../../../shared/onnx/make-tensor.ts';
import { feed } from '../../quantize/_numeric.ts';
import { n, net } from './_nets.ts';
import { traced } from './_removal.ts';

const ones = (name: string, dims: readonly number[], values: readonly number[]) =>
  float32Tensor(name, dims, values);

describe('measureSensitivity', () => {
  it('is what outputs lose with the lowest channels of one group', async () => {
    // Both layers pass the sum on in four equal parts.
    const model = net(
      [3, 1],
      [3, 1],
      [
        ones('a', [1, 4], [1, 1, 1, 1]),
        ones('b', [4, 4], new Array(16).fill(0.25)),
        ones('c', [4, 1], [0.25, 0.25, 0.25, 0.25]),
      ],
      n('MatMul', ['x', 'a'], ['f']),
      n('MatMul', ['f', 'b'], ['g']),
      n('MatMul', ['g', 'c'], ['y']),
    );
    const { trace, groups } = await traced(model);
    const scores = groups.map(() => [1, 1, 1, 1]);
    const samples = [1, 2].map((seed) => ({ x: feed([3, 1], seed) }));
    const measured = await measureSensitivity(model, trace, groups, scores, samples);
    // A quarter gone is a quarter of the output: its square of the output's own.
    const points = [
      { share: 0.25, damage: 0.0625 },
      { share: 0.5, damage: 0.25 },
      { share: 0.75, damage: 0.5625 },
    ];
    expect(measured).toEqual([points, points]);
  });
});

it('puts the lowest scores first, of equal ones the last', () => {
  expect(lowestFirst([2, 1, 3, 1])).toEqual([3, 1, 0, 2]);
});
