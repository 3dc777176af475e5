import { describe, expect, it } from 'vitest';
import { int64Tensor } from '../../../../../shared/onnx/make-tensor.ts';
import { float32, int64, modelOf, relativeError } from '../../../quantize/_numeric.ts';
import { between, described } from '../_described.ts';
import { ints, n, w } from '../_nets.ts';
import { bothOutputs, someOf, traced } from '../_removal.ts';

describe('Gather', () => {
  it.each([
    [
      'in another order, some of them twice',
      between(4, [ints('at', 1, 5, 5, 0)], n('Gather', ['f', 'at'], ['z'], { axis: 1 })),
      ['f 8x1'],
    ],
    [
      'one channel alone',
      between(
        8,
        [int64Tensor('at', [], [3]), ints('one', 1)],
        n('Gather', ['f', 'at'], ['c'], { axis: 1 }),
        n('Unsqueeze', ['c', 'one'], ['u']),
        n('Mul', ['f', 'u'], ['z']),
      ),
      ['f 7x1'],
    ],
    [
      'a table of them',
      between(
        8,
        [int64Tensor('at', [2, 4], [0, 1, 2, 3, 4, 5, 6, 7]), ints('back', 2, 8, 6, 6)],
        n('Gather', ['f', 'at'], ['t'], { axis: 1 }),
        n('Reshape', ['t', 'back'], ['z']),
      ),
      ["f 8: Gather 't' looks up some of them"],
    ],
  ])('%s', async (_, model, expected) => {
    expect(await described(model)).toEqual(expected);
  });

  it('removes columns of an embedding', async () => {
    const model = modelOf(
      [
        n('Gather', ['table', 'x'], ['f']),
        n('Add', ['f', 'places'], ['g']),
        n('MatMul', ['g', 'a'], ['y']),
      ],
      [int64('x', [2, 5])],
      [float32('y', [2, 5, 4])],
      [w('table', 20, 8), w('places', 5, 8), w('a', 8, 4)],
    );
    expect(await described(model)).toEqual(['f 8x1']);
  });

  it('renumbers what it takes', async () => {
    const model = between(
      4,
      [ints('at', 1, 5, 5, 0)],
      n('Gather', ['f', 'at'], ['z'], { axis: 1 }),
    );
    const known = await traced(model);
    const [{ name = '', scores = [] } = {}] = someOf(known, 1);
    const removals = [{ name, scores: [...scores], removed: [0, 3, 4] }];
    const { given, wanted } = await bothOutputs(model, known, removals);
    expect(given.length).toBe(wanted.length);
    expect(relativeError(given, wanted)).toBeLessThan(1e-5);
  });
});
