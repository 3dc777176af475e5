import { describe, expect, it } from 'vitest';
import { buildModel } from '../../../../shared/formats/build/build-model.ts';
import type { JsonObject } from '../../../../shared/formats/keras/layer.ts';
import { TF_OP_LAMBDA } from '../../../../shared/formats/keras/layers/tf-op-lambda.ts';
import { agreesWithKeras, callOf } from './_more.ts';

describe('TensorFlow functions in models of Keras 2', () => {
  agreesWithKeras(Object.keys(TF_OP_LAMBDA), 'layer');
});

describe('what cannot be', () => {
  const refusal = (name: string, keywords: JsonObject): string => {
    try {
      buildModel(undefined, (b) => {
        const x = b.input('x', 'float32', [2, 3]);
        TF_OP_LAMBDA.TFOpLambda?.({
          ...callOf(b, 'TFOpLambda', [x], { function: name }),
          keras: 2,
          keywords,
        });
      });
    } catch (error) {
      return String(error);
    }
    return '';
  };
  it.each([
    ['strings.split', {}, 'tf.strings.split has no conversion'],
    ['sparse.add', {}, 'tf.sparse.add has no conversion'],
    ['numpy_function', {}, 'tf.numpy_function has no conversion'],
    ['constructor', {}, 'tf.constructor has no conversion'],
    ['math.cumsum', { exclusive: true }, 'its "exclusive" is true'],
    ['gather', { indices: [0], batch_dims: 1 }, 'its "batch_dims" is 1'],
    ['reshape', { shape: ['a'] }, 'is no number'],
  ])('%s %o: %s', (name, keywords, reason) => {
    expect(refusal(name, keywords)).toContain(reason);
  });
});
