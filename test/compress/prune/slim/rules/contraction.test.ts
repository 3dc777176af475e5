import { describe, expect, it } from 'vitest';
import { described } from '../_described.ts';
import { NETS, n, net, w } from '../_nets.ts';
import { traced } from '../_removal.ts';

describe('MatMul and Gemm', () => {
  it.each([
    [
      'weights on the left',
      net(
        [3, 5],
        [4, 5],
        [w('a', 8, 3), w('b', 4, 8)],
        n('MatMul', ['a', 'x'], ['f']),
        n('MatMul', ['b', 'f'], ['y']),
      ),
      ['f 8x1'],
    ],
    [
      'weights that are turned on the way',
      net(
        [5, 3],
        [5, 4],
        [w('a', 8, 3), w('b', 8, 4)],
        n('Transpose', ['a'], ['t']),
        n('MatMul', ['x', 't'], ['f']),
        n('MatMul', ['f', 'b'], ['y']),
      ),
      ['f 8x1'],
    ],
    [
      'a Gemm that turns both, with a number for each row',
      net(
        [3, 5],
        [5, 4],
        [w('a', 8, 3), w('c', 5, 1), w('b', 8, 4)],
        n('Gemm', ['x', 'a', 'c'], ['f'], { transA: 1, transB: 1 }),
        n('Gemm', ['f', 'b'], ['y']),
      ),
      ['f 8x1'],
    ],
    [
      'a Gemm that adds the input',
      net(
        [5, 8],
        [5, 4],
        [w('a', 8, 8), w('b', 8, 4)],
        n('Gemm', ['x', 'a', 'x'], ['f']),
        n('Gemm', ['f', 'b'], ['y']),
      ),
      ["f 8: Gemm 'f' adds what has to stay"],
    ],
    [
      'a vector',
      net(
        [5, 3],
        [5],
        [w('a', 3, 8), w('b', 8)],
        n('MatMul', ['x', 'a'], ['f']),
        n('MatMul', ['f', 'b'], ['y']),
      ),
      ["f 8: MatMul 'y': it multiplies by a vector"],
    ],
    [
      'a product of what was computed',
      net(
        [5, 3],
        [5, 5],
        [w('a', 3, 8), w('b', 3, 8)],
        n('MatMul', ['x', 'a'], ['f']),
        n('MatMul', ['x', 'b'], ['g']),
        n('Transpose', ['g'], ['t']),
        n('MatMul', ['f', 't'], ['y']),
      ),
      ['f+g 8x1'],
    ],
  ])('%s', async (_, model, expected) => {
    expect(await described(model)).toEqual(expected);
  });

  it('say which weights sum over channels, and along which axis', async () => {
    const { trace } = await traced(NETS['attention heads'] ?? net([], [], []));
    const weights = trace.contractions.flatMap(({ node, weight }) =>
      weight ? [`${node.outputs[0]} ${weight.name} ${weight.axis}`] : [],
    );
    expect(weights).toEqual(['q0 qw 0', 'k0 kw 0', 'v0 vw 0', 'out o 0']);
  });
});
