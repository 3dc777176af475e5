import { describe, expect, it } from 'vitest';
import { between, described } from '../_described.ts';
import { n, w } from '../_nets.ts';

describe('operators on elements', () => {
  it.each([
    ['a scalar', between(8, [w('s')], n('Mul', ['f', 's'], ['z'])), ['f 8x1']],
    [
      'a number for each channel',
      between(8, [w('s', 8, 1, 1)], n('Mul', ['f', 's'], ['z'])),
      ['f 8x1'],
    ],
    ['a number for each place', between(8, [w('s', 6, 6)], n('Mul', ['f', 's'], ['z'])), ['f 8x1']],
    ['bounds', between(8, [w('s')], n('Clip', ['f', '', 's'], ['z'])), ['f 8x1']],
    [
      'one channel that is added to all',
      between(8, [w('b', 1, 3, 1, 1)], n('Conv', ['x', 'b'], ['g']), n('Add', ['f', 'g'], ['z'])),
      ['f 8x1'],
    ],
    [
      'channels of the input',
      between(
        8,
        [w('b', 3, 8, 1, 1), w('c', 8, 3, 1, 1)],
        n('Conv', ['f', 'b'], ['g']),
        n('Sub', ['x', 'g'], ['h']),
        n('Conv', ['h', 'c'], ['z']),
      ),
      ['f 8x1', 'z 8x1', "g 3: Sub 'h' meets channels that have to stay"],
    ],
    [
      'channels of another convolution',
      between(8, [w('b', 8, 3, 1, 1)], n('Conv', ['x', 'b'], ['g']), n('Max', ['f', 'g'], ['z'])),
      ['f+g 8x1'],
    ],
    [
      'a choice',
      between(8, [w('s')], n('Greater', ['f', 's'], ['c']), n('Where', ['c', 'f', 's'], ['z'])),
      ['f 8x1'],
    ],
  ])('%s', async (_, model, expected) => {
    expect(await described(model)).toEqual(expected);
  });
});
