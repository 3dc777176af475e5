import { expect, test } from 'vitest';
import { feedsInOrder, matchNames } from '../../../../shared/engines/references/child/runner.ts';

test.each([
  [
    ['a', 'b'],
    ['b', 'a'],
    [1, 0],
  ],
  [['a:0'], ['x', 'a'], [1]],
  [
    ['a', 'c'],
    ['x', 'y', 'z'],
    [0, 1],
  ],
  [[], ['x'], []],
])('%j of %j are %j', (ports, theirs, places) => {
  expect(matchNames(ports, theirs, 'inputs')).toEqual(places);
});

test('more ports than the runtime has are refused', () => {
  expect(() => matchNames(['a', 'b'], ['x'], 'inputs')).toThrow(
    'the model has 2 inputs (a, b), and its runtime sees 1 (x)',
  );
});

test('feeds follow the ports, and a missing one is named', () => {
  const tensor = { type: 'float32', dims: [], data: Float32Array.of(1) } as const;
  expect(feedsInOrder({ b: tensor, a: tensor }, ['a', 'b'])).toEqual([tensor, tensor]);
  expect(() => feedsInOrder({}, ['a'])).toThrow("there is no value for the input 'a'");
});
