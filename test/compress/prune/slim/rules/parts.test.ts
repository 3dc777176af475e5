import { describe, expect, it } from 'vitest';
import { between, described } from '../_described.ts';
import { ints, n, w } from '../_nets.ts';

describe('Concat, Split and Slice', () => {
  it.each([
    ['with the input', between(11, [], n('Concat', ['f', 'x'], ['z'], { axis: 1 })), ['f 8x1']],
    [
      'beside the input, then added to its width',
      between(
        11,
        [w('b', 11, 3, 1, 1)],
        n('Concat', ['f', 'x'], ['c'], { axis: 1 }),
        n('Conv', ['x', 'b'], ['g']),
        n('Add', ['c', 'g'], ['z']),
      ),
      ['f+g 8x1'],
    ],
    ['along places', between(8, [], n('Concat', ['f', 'f'], ['z'], { axis: 2 })), ['f 8x1']],
    [
      'split evenly by a count',
      between(4, [], n('Split', ['f'], ['l', 'r'], { axis: 1 }), n('Mul', ['l', 'r'], ['z'])),
      ['f 4x1'],
    ],
    [
      'some channels in steps',
      between(
        4,
        [ints('from', 0), ints('to', 8), ints('axis', 1), ints('step', 2)],
        n('Slice', ['f', 'from', 'to', 'axis', 'step'], ['z']),
      ),
      ["f 8: Slice 'z' takes some of them in steps"],
    ],
    [
      'places in steps',
      between(
        8,
        [ints('from', 0), ints('to', 8), ints('axis', 2), ints('step', 2)],
        n('Slice', ['f', 'from', 'to', 'axis', 'step'], ['z']),
      ),
      ['f 8x1'],
    ],
  ])('%s', async (_, model, expected) => {
    expect(await described(model)).toEqual(expected);
  });
});
