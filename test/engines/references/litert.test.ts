import { join } from 'node:path';
import { expect, test } from 'vitest';
import { litertReference } from '../../../shared/engines/references/litert.ts';
import { ROOT } from '../../architecture/sources.ts';
import { errorOf, readArrays } from '../../formats/keras/_run.ts';
import { portsNamed } from './_ports.ts';

const fixture = (path: string): string => join(ROOT, 'test/fixtures/tensorflow/digits_cnn', path);

test('LiteRT gives what TensorFlow gave', { timeout: 20_000 }, async () => {
  const { image } = await readArrays(fixture('inputs.npz'));
  const { out0 } = await readArrays(fixture('outputs.npz'));
  if (!image || !out0) throw new Error('the fixture is empty');
  await using model = await litertReference.open({
    path: fixture('model_f32.tflite'),
    format: 'tflite',
    ports: portsNamed(['image'], ['probs']),
  });
  const first = { ...image, dims: [1, 8, 8, 1], data: image.data.slice(0, 64) as Float32Array };
  const wanted = { ...out0, dims: [1, 10], data: out0.data.slice(0, 10) as Float32Array };
  for (let run = 0; run < 2; run++)
    expect(errorOf((await model.run({ image: first })).probs, wanted)).toBeLessThan(1e-5);
  // Its models have fixed shapes.
  await expect(model.run({ image })).rejects.toThrow(/the shape \[1,8,8,1\] alone/);
});

test('a free batch is run as a batch of 1', { timeout: 20_000 }, async () => {
  await using model = await litertReference.open({
    path: join(ROOT, 'test/fixtures/tflite/free_batch.tflite'),
    format: 'tflite',
    ports: portsNamed(['x'], ['y']),
  });
  const run = (dims: number[], ...data: number[]) =>
    model.run({ x: { type: 'float32', dims, data: Float32Array.from(data) } });
  // y = relu(x) · [[1, 2, 3], [4, 5, 6]] + mean(x)
  expect(await run([1, 1, 2], 1, 3)).toMatchObject({
    y: { dims: [1, 1, 3], data: Float32Array.of(15, 19, 23) },
  });
  await expect(run([2, 1, 2], 1, 3, -4, 4)).rejects.toThrow(/the shape \[1,1,2\] alone/);
});
