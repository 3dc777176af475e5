import { expect, it } from 'vitest';
import { pathName, snakeCase } from '../../../shared/formats/keras/class-path.ts';

it.each([
  ['Conv2D', 'conv2d'],
  ['Conv2DTranspose', 'conv2d_transpose'],
  ['BatchNormalization', 'batch_normalization'],
  ['LSTM', 'lstm'],
  ['PReLU', 'p_re_lu'],
  ['ConvLSTM2D', 'conv_lstm2d'],
  ['TFOpLambda', 'tf_op_lambda'],
])('%s lies at %s', (className, path) => {
  expect(snakeCase(className)).toBe(path);
});

it.each([
  ['GroupQueryAttention', 'grouped_query_attention'],
  ['Dense', 'dense'],
  ['toString', 'to_string'],
])('a path of %s has %s', (className, path) => {
  expect(pathName(className)).toBe(path);
});
