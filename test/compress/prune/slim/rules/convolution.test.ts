import { describe, expect, it } from 'vitest';
import { ANY, described } from '../_described.ts';
import { IMAGE, n, net, w } from '../_nets.ts';
import { traced } from '../_removal.ts';

const grouped = (groups: number, ins: number, outs: number, op = 'Conv') => {
  const weight =
    op === 'Conv' ? w('d', outs, ins / groups, 1, 1) : w('d', ins, outs / groups, 1, 1);
  return net(
    IMAGE,
    ANY,
    [w('a', ins, 3, 1, 1), weight, w('last', 4, outs, 1, 1)],
    n('Conv', ['x', 'a'], ['f']),
    n(op, ['f', 'd'], ['g'], { group: groups }),
    n('Conv', ['g', 'last'], ['y']),
  );
};

describe('convolutions', () => {
  it.each([
    ['depthwise', grouped(8, 8, 8), ['f 8x1']],
    ['depthwise, transposed', grouped(8, 8, 8, 'ConvTranspose'), ['f 8x1']],
    ['depthwise, two for one', grouped(8, 8, 16), ['f 8x1']],
    ['more groups than channels in one', grouped(8, 32, 32), ['f 8x4']],
    ['more channels in a group than groups', grouped(2, 16, 12), ['f 8x1', 'g 6x2']],
    ['the same, transposed', grouped(2, 16, 12, 'ConvTranspose'), ['f 8x2', 'g 6x1']],
    [
      'groups of the input',
      net(
        IMAGE,
        ANY,
        [w('d', 6, 1, 1, 1), w('last', 4, 6, 1, 1)],
        n('Conv', ['x', 'd'], ['f'], { group: 3 }),
        n('Conv', ['f', 'last'], ['y']),
      ),
      [],
    ],
  ])('%s', async (_, model, expected) => {
    expect(await described(model)).toEqual(expected);
  });

  it('say where channels are summed', async () => {
    const { trace } = await traced(grouped(2, 16, 12));
    expect(
      trace.contractions.map(({ weight, axis }) => [weight?.name, weight?.axis, axis]),
    ).toEqual([
      // All channels of the input stay.
      ['a', 1, 1],
      ['d', 1, 1],
      ['last', 1, 1],
    ]);
  });
});
