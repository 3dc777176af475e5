import { describe, expect, it } from 'vitest';
import { between, described } from '../_described.ts';
import { ints, n, w } from '../_nets.ts';

describe('operators along an axis', () => {
  it.each([
    ['Softmax over places', between(8, [], n('Softmax', ['f'], ['z'])), ['f 8x1']],
    [
      'Softmax over channels',
      between(8, [], n('Softmax', ['f'], ['z'], { axis: 1 })),
      ["f 8: Softmax 'z' works across them"],
    ],
    [
      'CumSum over channels',
      between(8, [ints('axis', 1)], n('CumSum', ['f', 'axis'], ['z'])),
      ["f 8: CumSum 'z' works across them"],
    ],
    [
      'CumSum over places',
      between(8, [ints('axis', -1)], n('CumSum', ['f', 'axis'], ['z'])),
      ['f 8x1'],
    ],
    ['a pool', between(8, [], n('AveragePool', ['f'], ['z'], { kernel_shape: [2, 2] })), ['f 8x1']],
    [
      'a pool whose indices are read',
      between(
        8,
        [],
        n('MaxPool', ['f'], ['m', 'at'], { kernel_shape: [2, 2] }),
        n('Cast', ['at'], ['c'], { to: 1 }),
        n('Add', ['m', 'c'], ['z']),
      ),
      ["f 8: MaxPool 'm': its indices are read"],
    ],
    [
      'a mean over places',
      between(8, [], n('ReduceMean', ['f'], ['z'], { axes: [2, 3] })),
      ['f 8x1'],
    ],
    [
      'a mean over channels',
      between(1, [], n('ReduceMean', ['f'], ['z'], { axes: [1] })),
      ["f 8: ReduceMean 'z' works across them"],
    ],
    [
      'a sum over all',
      between(8, [], n('ReduceSum', ['f'], ['s']), n('Mul', ['f', 's'], ['z'])),
      ["f 8: ReduceSum 's' works across them"],
    ],
    [
      'the place of the largest channel',
      between(
        8,
        [w('b', 8, 3, 1, 1)],
        n('Conv', ['x', 'b'], ['g']),
        n('ArgMax', ['g'], ['m'], { axis: 1 }),
        n('Cast', ['m'], ['c'], { to: 1 }),
        n('Mul', ['f', 'c'], ['z']),
      ),
      ['f 8x1', "g 8: ArgMax 'm' works across them"],
    ],
  ])('%s', async (_, model, expected) => {
    expect(await described(model)).toEqual(expected);
  });
});
