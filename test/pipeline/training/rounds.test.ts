import { expect, test } from 'vitest';
import { roundsOf } from '../../../shared/pipeline/training/rounds.ts';

test('much goes little by little, and ends at what was asked for', () => {
  const rounds = roundsOf([{ kind: 'pruned', percent: 90 }]);
  expect(rounds).toHaveLength(3);
  const percents = rounds.map((round) => ('percent' in round ? round.percent : 0));
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect(percents.at(-1)).toBe(90);
});

test('little, and channels, go at once', () => {
  const removals = [
    { kind: 'slim', percent: 90 },
    { kind: 'pruned', percent: 50 },
  ] as const;
  expect(roundsOf(removals)).toEqual(removals);
  expect(roundsOf([{ kind: 'sparse-2-4' }])).toEqual([{ kind: 'sparse-2-4' }]);
});
