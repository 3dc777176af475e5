import { describe, expect, it } from 'vitest';
import { isSame } from '../../../../../shared/compress/prune/slim/rules/place.ts';
import { float32Tensor } from '../../../../../shared/onnx/make-tensor.ts';
import { between, described } from '../_described.ts';
import { ints, n } from '../_nets.ts';

const scales = (...values: number[]) => float32Tensor('scales', [values.length], values);

describe('operators that move axes or repeat along them', () => {
  it.each([
    [
      'to the back and forth',
      between(
        8,
        [ints('one', 1)],
        n('Unsqueeze', ['f', 'one'], ['u']),
        n('Transpose', ['u'], ['t'], { perm: [1, 0, 3, 4, 2] }),
        n('Transpose', ['t'], ['v'], { perm: [1, 0, 4, 2, 3] }),
        n('Squeeze', ['v', 'one'], ['z']),
      ),
      ['f 8x1'],
    ],
    [
      'repeated places',
      between(8, [ints('by', 1, 1, 2, 2)], n('Tile', ['f', 'by'], ['z'])),
      ['f 8x1'],
    ],
    [
      'repeated channels',
      between(16, [ints('by', 1, 2, 1, 1)], n('Tile', ['f', 'by'], ['z'])),
      ["f 8: Tile 'z' repeats them"],
    ],
    [
      'expanded places',
      between(
        8,
        [ints('to', 1, 8, 4, 4)],
        n('GlobalMaxPool', ['f'], ['g']),
        n('Expand', ['g', 'to'], ['z']),
      ),
      ['f 8x1'],
    ],
    [
      'resized places',
      between(8, [scales(1, 1, 2, 2)], n('Resize', ['f', '', 'scales'], ['z'])),
      ['f 8x1'],
    ],
    [
      'resized channels',
      between(16, [scales(1, 2, 1, 1)], n('Resize', ['f', '', 'scales'], ['z'])),
      ["f 8: Resize 'z' resizes them, or by what is computed"],
    ],
    [
      'channels to places',
      between(2, [], n('DepthToSpace', ['f'], ['z'], { blocksize: 2 })),
      ['f 2x1'],
    ],
    [
      'all channels to places',
      between(
        1,
        [ints('from', 0), ints('to', 4), ints('axis', 1)],
        n('Slice', ['f', 'from', 'to', 'axis'], ['s']),
        n('DepthToSpace', ['s'], ['z'], { blocksize: 2 }),
      ),
      ['f 4x1'],
    ],
    [
      'places to channels',
      between(32, [], n('SpaceToDepth', ['f'], ['z'], { blocksize: 2 })),
      ['f 8x1'],
    ],
  ])('%s', async (_, model, expected) => {
    expect(await described(model)).toEqual(expected);
  });

  it('compares lists of integers', () => {
    expect([isSame([1, 2], [1, 2]), isSame([1, 2], [1, 3]), isSame([1], [1, 2])]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
