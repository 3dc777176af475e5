import { expect, test } from 'vitest';
import { REFERENCES } from '../../../shared/engines/references/references.ts';

test('the best reference of a format comes first', () => {
  const order = (format: string) =>
    REFERENCES.filter(({ formats }) => formats.some((one) => one === format)).map(
      ({ name }) => name,
    );
  expect(order('saved-model')).toEqual(['TensorFlow (tfjs-node)', 'TensorFlow (Python)']);
  expect(order('tfjs')).toEqual(['TensorFlow.js']);
  expect(order('keras')).toEqual(['TensorFlow.js', 'TensorFlow (Python)']);
  expect(order('h5')).toEqual(['TensorFlow.js', 'TensorFlow (Python)']);
  expect(order('tflite')).toEqual(['LiteRT', 'TensorFlow (Python)']);
  expect(order('frozen-graph')).toEqual(['TensorFlow (Python)']);
});
