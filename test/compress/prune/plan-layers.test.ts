import { describe, expect, it } from 'vitest';
import { InputError } from '../../../shared/base/errors.ts';
import { findPrunable } from '../../../shared/compress/prune/find-prunable.ts';
import { planLayers } from '../../../shared/compress/prune/plan-layers.ts';
import { smallNetwork } from './_prunable.ts';

const { prunable } = findPrunable(smallNetwork());
const anywhere = (percent: number) => ({ kind: 'anywhere', percent }) as const;

describe('planLayers', () => {
  it.each(['global', 'lamp'] as const)('%s: every layer keeps its floor', (spread) => {
    for (const percent of [10, 50, 90, 99]) {
      const layers = planLayers(prunable, [], anywhere(percent), spread);
      for (const { weights, zeros } of layers)
        expect(weights - zeros).toBeGreaterThanOrEqual((weights * (1 - percent / 100)) / 10);
    }
  });

  it('scores by the norms that it is given', () => {
    const norms = [[0, 0, 1], undefined, undefined];
    const [first] = planLayers(prunable, norms, anywhere(50), 'lamp');
    // Two thirds of the first layer multiply nothing but zeros.
    expect(first).toMatchObject({ norms: [0, 0, 1] });
    expect(first?.zeros).toBeGreaterThanOrEqual(576);
  });

  it('has no threshold where nothing goes, and none for fours', () => {
    const [first] = planLayers(prunable.slice(0, 1), [], anywhere(0.01), 'lamp');
    expect(first).toMatchObject({ zeros: 0, threshold: null, meanZeroed: 0 });
    const fours = planLayers(prunable.slice(1), [], { kind: '2:4' }, 'lamp');
    expect(fours.map(({ zeros, threshold }) => [zeros, threshold])).toEqual([
      [640, null],
      [200, null],
    ]);
  });

  it('does not prune a layer whole', () => {
    expect(() => planLayers(prunable, [], anywhere(99.95), 'lamp')).toThrow(InputError);
  });
});
