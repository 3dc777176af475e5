import { describe, expect, test } from 'vitest';
import { UnsupportedError } from '../../../../shared/base/errors.ts';
import { refuseIgnored } from '../../../../shared/engines/references/keras/ignored-options.ts';
import type { JsonObject } from '../../../../shared/formats/keras/layer.ts';
import { parseLayer } from '../../../../shared/formats/keras/model-config.ts';

const check = (class_name: string, config: JsonObject, keras: 2 | 3 = 3) =>
  refuseIgnored(parseLayer({ class_name, name: 'l', config }), keras);

describe('options that tfjs-layers ignores', () => {
  test.each<[string, JsonObject]>([
    ['ReLU', { negative_slope: 0, threshold: 0, max_value: 6 }],
    ['Conv2D', { groups: 1 }],
    ['Conv2DTranspose', { output_padding: null, dilation_rate: [1, 1] }],
    ['GlobalAveragePooling2D', { keepdims: false }],
    ['GRU', {}],
    ['Dense', { groups: 7, activation: 'relu' }],
  ])('%s with %j is the same', (className, config) => {
    expect(() => check(className, config)).not.toThrow();
  });

  test.each<[string, JsonObject, string]>([
    ['ReLU', { negative_slope: 0.2 }, 'negative_slope'],
    ['Conv2D', { groups: 2 }, 'groups'],
    ['Conv2DTranspose', { dilation_rate: [2, 1] }, 'dilation_rate'],
    ['Conv2DTranspose', { output_padding: [1, 1] }, 'output_padding'],
    ['GlobalMaxPooling1D', { keepdims: true }, 'keepdims'],
    ['GRU', { reset_after: true }, 'reset_after'],
  ])('%s with %j is not', (className, config, key) => {
    expect(() => check(className, config)).toThrow(UnsupportedError);
    expect(() => check(className, config)).toThrow(`it does not know "${key}" of the layer "l"`);
  });

  test('hard_sigmoid is that of Keras 2', () => {
    const config = { recurrent_activation: 'hard_sigmoid' };
    expect(() => check('LSTM', config, 2)).not.toThrow();
    expect(() => check('LSTM', config, 3)).toThrow(/hard_sigmoid/);
  });
});
