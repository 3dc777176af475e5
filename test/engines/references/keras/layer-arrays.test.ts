import { expect, test } from 'vitest';
import { layerArrays } from '../../../../shared/engines/references/keras/layer-arrays.ts';
import { numberTensor } from '../../../../shared/formats/build/number-tensor.ts';
import type { Json } from '../../../../shared/formats/keras/layer.ts';
import { namedWeights } from '../../../../shared/formats/keras/named-weights.ts';
import { pathWeights } from '../../../../shared/formats/keras/path-weights.ts';

const layer = (class_name: string, name: string, config: Record<string, Json> = {}): Json => ({
  class_name,
  config: { name, ...config },
});
const model: Json = {
  class_name: 'Sequential',
  config: {
    name: 'm',
    layers: [
      layer('Bidirectional', 'bi', { layer: layer('LSTM', 'lstm') }),
      layer('TimeDistributed', 'td', { layer: layer('Dense', 'inner') }),
      { class_name: 'Sequential', config: { name: 'nested', layers: [layer('Dense', 'deep')] } },
      layer('Dense', 'dense'),
      layer('ReLU', 'relu'),
    ],
  },
};
const wanted = {
  bi: [Float32Array.of(1), Float32Array.of(2)],
  td: [Float32Array.of(3)],
  nested: { deep: [Float32Array.of(4)] },
  dense: [Float32Array.of(5)],
  relu: [],
};

test('variables by name', () => {
  const tensors = [
    'bi/forward_lstm/lstm_cell/kernel',
    'bi/backward_lstm/lstm_cell/kernel',
    'td/kernel',
    'deep/kernel',
    'dense/kernel',
  ].map((name, index) => ({ ...numberTensor([index + 1], 'float32'), name }));
  expect(layerArrays(model, (b) => namedWeights(b, tensors))).toEqual(wanted);
});

test('variables by path', () => {
  const values: Readonly<Record<string, number>> = {
    'layers/bidirectional/forward_layer/cell': 1,
    'layers/bidirectional/backward_layer/cell': 2,
    'layers/time_distributed/layer': 3,
    'layers/sequential/layers/dense': 4,
    'layers/dense': 5,
  };
  const variables = (path: string) => {
    const value = values[path];
    return value === undefined ? [] : [{ ...numberTensor([value], 'float32'), name: path }];
  };
  const store = { variables, has: (path: string) => path === 'layers' };
  expect(layerArrays(model, (b) => pathWeights(b, store))).toEqual(wanted);
});
