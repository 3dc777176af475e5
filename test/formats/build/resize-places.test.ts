import { describe, expect, it } from 'vitest';
import {
  areaWeights,
  cubicTaps,
  nearestPlaces,
  nearestPlacesOfOnnx,
} from '../../../shared/formats/build/resize-places.ts';

const WAYS = ['asymmetric', 'half-pixel', 'align-corners'] as const;

it.each<[(typeof WAYS)[number], readonly number[]]>([
  ['asymmetric', [0, 0, 1, 2, 2, 3, 4]],
  ['half-pixel', [0, 1, 1, 2, 3, 3, 4]],
  ['align-corners', [0, 1, 1, 2, 3, 3, 4]],
])('the nearest of 5 pixels for 7, %s', (places, wanted) => {
  expect(nearestPlaces(5, 7, places)).toEqual(wanted);
});

it('a single aligned pixel is the first, a single center the middle', () => {
  expect(WAYS.map((places) => nearestPlaces(9, 1, places))).toEqual([[0], [4], [0]]);
});

it('onnxruntime rounds some sizes otherwise, and doublings never', () => {
  for (const places of WAYS)
    for (let from = 1; from < 40; from++)
      expect(nearestPlacesOfOnnx(from, 2 * from, places)).toEqual(
        nearestPlaces(from, 2 * from, places),
      );
  const differing = Array.from({ length: 60 }, (_, at) => at + 1).filter(
    (to) =>
      nearestPlacesOfOnnx(30, to, 'asymmetric').join() !==
      nearestPlaces(30, to, 'asymmetric').join(),
  );
  expect(differing.length).toBeGreaterThan(0);
});

describe('cubic taps', () => {
  it.each(WAYS)('sum up to 1 and stay inside, %s', (places) => {
    const { places: at, weights } = cubicTaps(4, 9, places);
    for (let index = 0; index < 9; index++) {
      const sum = weights.reduce((total, tap) => total + (tap[index] ?? 0), 0);
      expect(sum).toBeCloseTo(1, 12);
      expect(at.every((tap) => (tap[index] ?? -1) >= 0 && (tap[index] ?? 9) < 4)).toBe(true);
    }
  });

  it('give the pixel itself where one lies', () => {
    expect(cubicTaps(4, 4, 'half-pixel').weights.map((tap) => tap[2])).toEqual(
      [0, 1, 0, 0].map((w) => expect.closeTo(w, 12)),
    );
  });
});

it('areas are shared among what covers them', () => {
  const third = expect.closeTo(1 / 3, 6);
  expect(areaWeights(3, 1, 'asymmetric')).toEqual([third, third, third]);
  expect(areaWeights(3, 2, 'asymmetric')).toEqual(
    [2 / 3, 1 / 3, 0, 0, 1 / 3, 2 / 3].map((w) => expect.closeTo(w, 6)),
  );
});
