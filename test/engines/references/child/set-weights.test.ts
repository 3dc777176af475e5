import { expect, test } from 'vitest';
import {
  setLayerArrays,
  type TfjsLayer,
} from '../../../../shared/engines/references/child/set-weights.ts';
import { type StubTensor, stubTensors } from './_stub.ts';

const layer = (name: string, ...shapes: number[][]): TfjsLayer & { readonly got: unknown[] } => {
  const got: unknown[] = [];
  return {
    name,
    got,
    weights: shapes.map((shape, index) => ({ shape, name: `${name}/${index}` })),
    setWeights: (tensors) => got.push(...tensors.map((one) => (one as StubTensor).values)),
  };
};

test('layers get their own, nested ones too', () => {
  const tf = stubTensors();
  const dense = layer('dense', [1, 2], [2]);
  const inner = layer('inner', [1]);
  const model = { ...layer('model'), layers: [inner] };
  const kernel = Float32Array.of(1, 2);
  const bias = Float32Array.of(3, 4);
  const own = Float32Array.of(5);
  setLayerArrays(tf, [dense, layer('relu'), model], {
    dense: [kernel, bias],
    relu: [],
    model: { inner: [own] },
  });
  expect(dense.got).toEqual([kernel, bias]);
  expect(inner.got).toEqual([own]);
  expect(tf.living.size).toBe(0);
});

test('a layer of other variables is named', () => {
  const set = (arrays: Float32Array[]) => () =>
    setLayerArrays(stubTensors(), [layer('dense', [2])], { dense: arrays });
  expect(set([])).toThrow("layer 'dense' has 1 variables in TensorFlow.js and 0 in the file");
  expect(set([new Float32Array(3)])).toThrow("the variable 'dense/0' has another size");
});
