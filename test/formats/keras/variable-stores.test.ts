import { expect, it } from 'vitest';
import {
  inKerasOrder,
  shardedStore,
  tensorName,
} from '../../../shared/formats/keras/variable-stores.ts';

it('variables are counted, names stand behind numbers', () => {
  expect(inKerasOrder(['10', '2', 'scale', '0'])).toEqual(['0', '2', '10', 'scale']);
});

it.each([
  ['layers/dense_1', '0', 'dense_1/0'],
  ['layers/functional/layers/dense', '1', 'functional/dense/1'],
  ['_layer_checkpoint_dependencies/dense', '0', 'dense/0'],
  ['', '0', '0'],
])('%s %s is shown as %s', (path, variable, shown) => {
  expect(tensorName(path, variable)).toBe(shown);
});

it('a shard that is not there is named', () => {
  const store = shardedStore(new Map(), new Map([['/layers/dense/vars', ['m_00001.weights.h5']]]));
  expect(store.has('layers')).toBe(true);
  expect(store.has('lay')).toBe(false);
  expect(() => store.variables('layers/dense')).toThrow('no shard "m_00001.weights.h5"');
});
