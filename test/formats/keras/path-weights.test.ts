import { expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import { pathWeights } from '../../../shared/formats/keras/path-weights.ts';

const asked: string[] = [];
const store = (present: string) => ({
  has: (path: string) => path === present,
  variables: (path: string) => {
    asked.push(path);
    return [];
  },
});

it.each([
  ['layers', 'layers/functional/layers/dense_1'],
  [
    '_layer_checkpoint_dependencies',
    '_layer_checkpoint_dependencies/functional/_layer_checkpoint_dependencies/dense_1',
  ],
])('files with %s', (group, path) => {
  asked.length = 0;
  const weights = pathWeights(Builder.root(17), store(group));
  expect(weights.child('layers/functional').child('layers/dense_1', 'any').own).toEqual([]);
  expect(asked).toEqual([path]);
});

it('a path that does not end is refused', () => {
  let weights = pathWeights(Builder.root(17), store('layers'));
  expect(() => {
    for (let level = 0; level < 10_000; level++) weights = weights.child('layers/functional');
  }).toThrow('nested too deeply');
});
