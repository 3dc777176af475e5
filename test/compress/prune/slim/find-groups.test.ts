import { describe, expect, it } from 'vitest';
import {
  freeChannels,
  membersOf,
  positionsOf,
} from '../../../../shared/compress/prune/slim/find-groups.ts';
import { described } from './_described.ts';
import { NETS, net } from './_nets.ts';
import { traced } from './_removal.ts';

const netOf = (name: string) => NETS[name] ?? net([], [], []);

/** Of every network, what hangs together. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  plain: ['h 8x1'],
  'batch normalization and PRelu': ['h 8x1'],
  'residual sums': ['s0+h2+h3 8x1', 'h0 12x1'],
  concatenations: ['f 8x1', 'g 4x1', 'h 6x1'],
  'depthwise with a multiplier': ['f 8x1'],
  'many groups': ['f 6x2'],
  'two groups': ['f 6x1', 'g 4x2'],
  'transposed convolutions': ['f 12x1', 'g0 4x2', 'g2 3x1'],
  'squeeze and excitation': ['h+e 8x1', 'q 4x1'],
  'columns of channels': ['h 8x1', 'g 16x1'],
  'channels last': ['h 8x1'],
  'padded channels': ['f+g 12x1'],
  'split and sliced': ['f+g 12x1'],
  'shuffled channels': ['f 6x2'],
  'moved to places': ['f 4x1', 'g 8x1'],
  'instance normalization': ['h 8x1'],
  'a recurrent reader': ['h 8x1', "y 4: LSTM 'y' has them in its state"],
  'hidden units behind a layer normalization': [
    'h 24x1',
    "o 12: Add 'y' meets channels that have to stay",
  ],
  'attention heads': ['q0+k0+v0 6x4', "out 12: Add 'y' meets channels that have to stay"],
  'attention by one product': ['all 6x4', "out 12: Add 'y' meets channels that have to stay"],
  'weights used twice': ['f+g+h 8x1'],
};

describe('findGroups', () => {
  it('knows every network', () => {
    expect(Object.keys(GROUPS)).toEqual(Object.keys(NETS));
  });

  it.each(Object.entries(GROUPS))('%s', async (name, expected) => {
    expect(await described(netOf(name))).toEqual(expected);
  });

  it('says where each channel is in constants', async () => {
    const { trace, groups } = await traced(netOf('columns of channels'));
    const members = membersOf(trace).get(groups[0]?.units[2]?.channel ?? -1);
    expect(members).toEqual([
      { tensor: 'a', axis: 0, positions: [2] },
      { tensor: 'd', axis: 1, positions: [18, 19, 20, 21, 22, 23, 24, 25, 26] },
    ]);
  });

  it('leaves out what has to stay', async () => {
    const { trace } = await traced(netOf('plain'));
    const [outs, ins] = trace.constants.get('c') ?? [];
    expect(freeChannels(outs ?? new Int32Array(), trace)).toEqual([]);
    expect(positionsOf(outs ?? new Int32Array(), trace).size).toBe(0);
    expect(freeChannels(ins ?? new Int32Array(), trace)).toHaveLength(8);
    expect([...positionsOf(ins ?? new Int32Array(), trace).values()]).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7].map((at) => [at]),
    );
  });
});
