import { describe, expect, it } from 'vitest';
import {
  type Candidate,
  chooseChannels,
  stepOf,
} from '../../../../shared/compress/prune/slim/choose-channels.ts';
import type { Sensitivity } from '../../../../shared/compress/prune/slim/sensitivity.ts';
import { IMAGE, n, net, w } from './_nets.ts';
import { traced } from './_removal.ts';

/** Two hidden layers of so many channels. */
async function layers(first: number, second: number) {
  const model = net(
    IMAGE,
    ['n', 4, 'h', 'w'],
    [w('a', first, 3, 1, 1), w('b', second, first, 1, 1), w('c', 4, second, 1, 1)],
    n('Conv', ['x', 'a'], ['f']),
    n('Conv', ['f', 'b'], ['g']),
    n('Conv', ['g', 'c'], ['y']),
  );
  return await traced(model);
}

const damages = (...values: number[]): Sensitivity =>
  values.map((damage, at) => ({ share: (at + 1) / 4, damage }));

/** How many go of each. */
async function counts(
  sizes: readonly [number, number],
  share: number,
  sensitivities: readonly (Sensitivity | undefined)[] = [],
): Promise<readonly number[]> {
  const { trace, groups } = await layers(...sizes);
  const candidates = groups.map(
    (group, at): Candidate => ({
      group,
      scores: group.units.map((_, unit) => unit + 1),
      sensitivity: sensitivities[at],
    }),
  );
  return chooseChannels(trace, candidates, share).map(({ length }) => length);
}

describe('chooseChannels', () => {
  it('takes the same share everywhere where nothing was measured', async () => {
    expect(await counts([64, 32], 0.5)).toEqual([32, 16]);
    expect(await counts([16, 6], 0.5)).toEqual([8, 3]);
  });

  it('takes more where it does less harm, within bounds', async () => {
    const [gentle, harsh] = [damages(0.001, 0.002, 0.003), damages(0.3, 0.6, 0.9)];
    expect(await counts([64, 64], 0.5, [gentle, harsh])).toEqual([48, 16]);
    expect(await counts([64, 64], 0.5, [harsh, gentle])).toEqual([16, 48]);
  });

  it('takes the lowest scores', async () => {
    const { trace, groups } = await layers(8, 8);
    const candidates = groups.map((group) => ({
      group,
      scores: [3, 9, 1, 8, 7, 2, 6, 4],
      sensitivity: undefined,
    }));
    expect(chooseChannels(trace, candidates, 0.5)).toEqual([
      [0, 2, 5, 7],
      [0, 2, 5, 7],
    ]);
  });

  it('leaves a good number, and never too few', async () => {
    // 16 and 8 stay.
    expect(await counts([40, 10], 0.5)).toEqual([24, 2]);
    expect(await counts([3, 2], 0.99)).toEqual([1, 0]);
    expect(await counts([64, 64], 0.99)).toEqual([48, 48]);
  });
});

it.each([
  [3, 1],
  [8, 4],
  [31, 4],
  [32, 8],
  [64, 16],
])('cuts %i channels in steps of %i', (count, step) => {
  expect(stepOf(count)).toBe(step);
});
