import { describe, expect, it } from 'vitest';
import { between, described } from '../_described.ts';
import { ints, n, w } from '../_nets.ts';

const padded = (channels: number, amounts: readonly number[], attributes = {}) =>
  between(channels, [ints('pads', ...amounts)], n('Pad', ['f', 'pads'], ['z'], attributes));

describe('Pad', () => {
  it.each([
    ['of places', padded(8, [0, 0, 1, 1, 0, 0, 1, 1]), ['f 8x1']],
    ['of places, reflected', padded(8, [0, 0, 1, 1, 0, 0, 1, 1], { mode: 'reflect' }), ['f 8x1']],
    ['of channels', padded(11, [0, 1, 0, 0, 0, 2, 0, 0]), ['f 8x1']],
    [
      'of channels, repeated',
      padded(10, [0, 1, 0, 0, 0, 1, 0, 0], { mode: 'edge' }),
      ["f 8: Pad 'z' pads them with others"],
    ],
    [
      'of fewer channels',
      padded(6, [0, -1, 0, 0, 0, -1, 0, 0]),
      ["f 8: Pad 'z' cuts some of them off"],
    ],
    [
      'by what is computed',
      between(
        8,
        [w('s')],
        n('Mul', ['f', 's'], ['g']),
        n('ReduceMin', ['g'], ['m'], { axes: [1], keepdims: 1 }),
        n('Shape', ['m'], ['p'], { start: 1, end: 2 }),
        n('Concat', ['p', 'p', 'p', 'p', 'p', 'p', 'p', 'p'], ['amounts'], { axis: 0 }),
        n('Pad', ['f', 'amounts'], ['z']),
      ),
      ["f 8: ReduceMin 'm' works across them"],
    ],
  ])('%s', async (_, model, expected) => {
    expect(await described(model)).toEqual(expected);
  });
});
