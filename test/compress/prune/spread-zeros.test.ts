import { describe, expect, it } from 'vitest';
import { DefectError } from '../../../shared/base/errors.ts';
import { createRandom } from '../../../shared/base/random.ts';
import type { PruneSpread } from '../../../shared/compress/prune/prune-plan.ts';
import { type LayerScores, spreadZeros } from '../../../shared/compress/prune/spread-zeros.ts';

const layer = (floor: number, ...scores: number[]): LayerScores => ({
  scores: Float32Array.from(scores).sort(),
  floor,
});

/** Element by element, in the words of the definition. */
function slowly(layers: readonly LayerScores[], zeros: number, spread: PruneSpread): number[] {
  const all = layers.flatMap(({ scores, floor }, index) =>
    [...scores].slice(0, scores.length - floor).map((score, at) => {
      const rest = [...scores].slice(at).reduce((sum, other) => sum + other * other, 0);
      const share = score === 0 ? 0 : Math.fround((score * score) / rest);
      return { index, key: spread === 'lamp' ? share : score };
    }),
  );
  const gone = all
    .map((element, order) => ({ ...element, order }))
    .sort((a, b) => a.key - b.key || a.order - b.order)
    .slice(0, zeros);
  return layers.map((_, index) => gone.filter((element) => element.index === index).length);
}

describe('spreadZeros', () => {
  it('global: the lowest scores of all', () => {
    const layers = [layer(0, 1, 2, 30), layer(0, 3, 4, 5)];
    expect(spreadZeros(layers, 3, 'global')).toEqual([2, 1]);
    expect(spreadZeros(layers, 5, 'global')).toEqual([2, 3]);
  });

  it('lamp: the scale of a layer does not matter', () => {
    const scores = [1, 2, 3, 4, 5, 6];
    const layers = [layer(0, ...scores), layer(0, ...scores.map((score) => score * 1000))];
    expect(spreadZeros(layers, 6, 'lamp')).toEqual([3, 3]);
  });

  it('lamp: even layers give less than those with few large weights', () => {
    const layers = [layer(0, 1, 1, 1, 1), layer(0, 0.01, 0.01, 0.01, 1)];
    expect(spreadZeros(layers, 3, 'lamp')).toEqual([0, 3]);
  });

  it('what is zero already goes first, floors stay', () => {
    const layers = [layer(2, 1, 1e-30, 1e-30, 0), layer(1, 0, 0, 0, 9)];
    for (const spread of ['global', 'lamp'] as const) {
      expect(spreadZeros(layers, 4, spread)).toEqual([1, 3]);
      expect(spreadZeros(layers, 5, spread)).toEqual([2, 3]);
    }
  });

  it('infinite scores stay longest, and do not hide the others', () => {
    const layers = [layer(0, 1, 2, Number.POSITIVE_INFINITY), layer(0, 1, 2, 3)];
    for (const spread of ['global', 'lamp'] as const)
      expect(spreadZeros(layers, 5, spread)).toEqual([2, 3]);
  });

  it('of equal ones those of the first layers go', () => {
    const layers = [layer(0, 1, 1, 1), layer(0, 1, 1, 1)];
    expect(spreadZeros(layers, 4, 'global')).toEqual([3, 1]);
    expect(spreadZeros(layers, 0, 'global')).toEqual([0, 0]);
  });

  it('has no room beyond the floors', () => {
    expect(() => spreadZeros([layer(1, 1, 2)], 2, 'lamp')).toThrow(DefectError);
  });

  it('agrees with the definition on random layers', () => {
    const random = createRandom(4);
    for (let round = 0; round < 60; round++) {
      const layers = Array.from({ length: 1 + random.below(4) }, () => {
        const scale = 10 ** (random.below(5) - 2);
        const count = 1 + random.below(40);
        // Few distinct values, so that there are ties and zeros.
        const scores = Array.from({ length: count }, () => scale * random.below(9));
        return layer(random.below(count + 1), ...scores);
      });
      const places = layers.reduce((sum, { scores, floor }) => sum + scores.length - floor, 0);
      const zeros = random.below(places + 1);
      for (const spread of ['global', 'lamp'] as const) {
        const found = spreadZeros(layers, zeros, spread);
        expect(found.reduce((sum, count) => sum + count, 0)).toBe(zeros);
        expect(found).toEqual(slowly(layers, zeros, spread));
      }
    }
  });
});
