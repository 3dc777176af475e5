import { describe, expect, test } from 'vitest';
import { UnsupportedError } from '../../../../shared/base/errors.ts';
import { tfjsConfig } from '../../../../shared/engines/references/keras/tfjs-config.ts';
import type { Json } from '../../../../shared/formats/keras/layer.ts';

const tensor = (layer: string) => ({
  class_name: '__keras_tensor__',
  config: { shape: [null, 2], dtype: 'float32', keras_history: [layer, 0, 0] },
});
const call = (...layers: string[]): Json => [{ args: layers.map(tensor), kwargs: {} }];
const input = {
  class_name: 'InputLayer',
  name: 'x',
  config: { name: 'x', batch_shape: [null, 2], dtype: 'float32' },
  inbound_nodes: [],
};
const functional = (layers: Json[], output: string): Json => ({
  class_name: 'Functional',
  config: {
    name: 'm',
    layers: [input, ...layers],
    input_layers: [['x', 0, 0]],
    output_layers: [[output, 0, 0]],
  },
});
const dense = (config: Record<string, Json>, inbound: Json = call('x')): Json => ({
  class_name: 'Dense',
  module: 'keras.layers',
  name: 'd',
  config: { name: 'd', units: 2, ...config },
  inbound_nodes: inbound,
});

describe('a configuration of Keras 3 in the words of Keras 2', () => {
  test('shapes, types, activations and calls', () => {
    const config = {
      activation: 'silu',
      kernel_initializer: { class_name: 'Orthogonal', config: {} },
      kernel_regularizer: { class_name: 'L2', config: { l2: 1 } },
      dtype: { class_name: 'DTypePolicy', config: { name: 'mixed_float16' } },
    };
    expect(tfjsConfig(functional([dense(config)], 'd'), 3)).toEqual({
      class_name: 'Functional',
      config: {
        name: 'm',
        layers: [
          {
            class_name: 'InputLayer',
            name: 'x',
            config: { name: 'x', batch_input_shape: [null, 2], dtype: 'float32' },
            inbound_nodes: [],
          },
          {
            class_name: 'Dense',
            name: 'd',
            config: {
              name: 'd',
              units: 2,
              activation: 'swish',
              kernel_initializer: { class_name: 'Zeros', config: {} },
              dtype: 'float32',
            },
            inbound_nodes: [[['x', 0, 0]]],
          },
        ],
        input_layers: [['x', 0, 0]],
        output_layers: [['d', 0, 0]],
      },
    });
  });

  test.each<[string, Json, RegExp]>([
    [
      'an operation',
      functional(
        [
          {
            class_name: 'Add',
            module: 'keras.src.ops.numpy',
            name: 'd',
            config: { name: 'd' },
            inbound_nodes: call('x'),
          },
        ],
        'd',
      ),
      /has no layer "Add"/,
    ],
    [
      'a class of the user',
      functional(
        [
          {
            class_name: 'Mine',
            module: 'mine',
            registered_name: 'my>Mine',
            name: 'd',
            config: { name: 'd' },
            inbound_nodes: call('x'),
          },
        ],
        'd',
      ),
      /has no layer "my>Mine"/,
    ],
    [
      'values among the arguments',
      functional([dense({}, [{ args: [tensor('x'), 3], kwargs: {} }])], 'd'),
      /cannot call the layer "d" with values/,
    ],
    [
      'keywords',
      functional([dense({}, [{ args: [tensor('x')], kwargs: { scale: 2 } }])], 'd'),
      /cannot call the layer "d" with scale/,
    ],
  ])('%s is not for it', (_, config, message) => {
    expect(() => tfjsConfig(config, 3)).toThrow(UnsupportedError);
    expect(() => tfjsConfig(config, 3)).toThrow(message);
  });

  test('models inside of models end somewhere', () => {
    let deep: Json = { class_name: 'Sequential', config: { name: 's', layers: [] } };
    for (let depth = 0; depth < 60; depth++)
      deep = { class_name: 'Sequential', config: { name: 's', layers: [deep] } };
    expect(() => tfjsConfig(deep, 3)).toThrow(/too deep/);
  });
});
