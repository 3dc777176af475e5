import { expect, test } from 'vitest';
import { parseModel } from '../../../shared/formats/tflite/parse-model.ts';
import { hybridRounding } from '../../../shared/formats/tflite/rounding.ts';
import { fileSource } from '../../../shared/onnx/byte-source.ts';

const roundingOf = (name: string) => {
  const source = fileSource(`test/fixtures/tensorflow/${name}`);
  try {
    return hybridRounding(parseModel(source));
  } finally {
    source.close();
  }
};

test('dynamic-range models round before every layer of 8-bit weights', () => {
  expect(roundingOf('digits_cnn/model_dyn.tflite')?.why).toMatch(/activations of 2 layers/);
  const transformer = roundingOf('transformer/model_dyn.tflite');
  expect(transformer?.why).toMatch(/of 13 layers/);
  expect(transformer?.relative).toBeCloseTo((4 * Math.sqrt(13)) / 254, 6);
});

test.each(['model_f32', 'model_f16', 'model_int8'])('%s does not', (name) => {
  expect(roundingOf(`digits_cnn/${name}.tflite`)).toBeUndefined();
});
