import { describe, expect, it } from 'vitest';
import { between, described } from '../_described.ts';
import { n, w } from '../_nets.ts';

const four = ['s', 'b', 'm', 'v'].map((name) => w(name, 8));

describe('normalizations', () => {
  it.each([
    [
      'by channel',
      between(8, four, n('BatchNormalization', ['f', 's', 'b', 'm', 'v'], ['z'])),
      ['f 8x1'],
    ],
    [
      'by channel and sample',
      between(8, four, n('InstanceNormalization', ['f', 's', 'b'], ['z'])),
      ['f 8x1'],
    ],
    ['over places', between(8, [w('p', 6)], n('LayerNormalization', ['f', 'p'], ['z'])), ['f 8x1']],
    [
      'over channels',
      between(8, [w('p', 8, 6, 6)], n('LayerNormalization', ['f', 'p'], ['z'], { axis: 1 })),
      ["f 8: LayerNormalization 'z' takes its mean over them"],
    ],
    [
      'over groups of channels',
      between(8, four, n('LRN', ['f'], ['z'], { size: 3 })),
      ["f 8: LRN 'z': how channels go through it is not known"],
    ],
  ])('%s', async (_, model, expected) => {
    expect(await described(model)).toEqual(expected);
  });
});
