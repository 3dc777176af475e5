import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withFixedSizes } from '../../../../shared/engines/references/child/tflite-sizes.ts';
import { parseModel } from '../../../../shared/formats/tflite/parse-model.ts';
import { memorySource } from '../../../../shared/onnx/byte-source.ts';
import { ROOT } from '../../../architecture/sources.ts';

const fixture = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(join(ROOT, 'test/fixtures', path)));

const freeTensors = (bytes: Uint8Array): number =>
  parseModel(memorySource(bytes))
    .subgraphs.flatMap(({ tensors }) => tensors)
    .filter(({ signature }) => signature.includes(-1)).length;

test('free sizes become those that the model was planned with', () => {
  const bytes = fixture('tflite/free_batch.tflite');
  const free = freeTensors(bytes);
  const fixed = withFixedSizes(bytes);
  expect(free).toBeGreaterThan(1);
  expect(freeTensors(fixed)).toBe(0);
  expect(freeTensors(bytes), 'the bytes themselves stay').toBe(free);
  const [graph] = parseModel(memorySource(fixed)).subgraphs;
  expect(graph?.tensors[graph.inputs[0] ?? -1]).toMatchObject({
    shape: [1, 1, 2],
    signature: [1, 1, 2],
  });
});

test('models of fixed sizes stay as they are', () => {
  const bytes = fixture('tensorflow/digits_cnn/model_f32.tflite');
  expect(withFixedSizes(bytes)).toBe(bytes);
});
