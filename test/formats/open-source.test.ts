import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { detectEntry } from '../../shared/formats/detect.ts';
import { identifySource, openSource } from '../../shared/formats/open-source.ts';

const DIGITS = 'test/fixtures/tensorflow/digits_cnn';
const folder = mkdtempSync(join(tmpdir(), 'fettle-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['model.keras', 'keras', 'probs'],
  ['model_keras2.h5', 'h5', 'probs'],
  ['saved_keras3', 'saved-model', 'output_0'],
  ['tfjs_layers', 'tfjs', 'probs'],
  ['tfjs_graph/model.json', 'tfjs', 'probs'],
  ['model_f32.tflite', 'tflite', 'Identity'],
  ['frozen.pb', 'frozen-graph', 'Identity:0'],
  ['../../../../examples/digits/digits.onnx', 'onnx', 'output_0'],
])('%s is opened by its bytes', async (name, format, output) => {
  using source = await openSource(join(DIGITS, name), { shown: name });
  expect(source.format).toBe(format);
  expect(source.model.graph.outputs.map((one) => one.name)).toEqual([output]);
  expect(source.model.graph.nodes.length).toBeGreaterThan(5);
});

test('options that mean nothing to a format are refused, and say for which they are', async () => {
  const keras = openSource(join(DIGITS, 'model.keras'), { shown: 'm', signature: 'serve' });
  await expect(keras).rejects.toMatchObject({
    exitCode: 2,
    message: '"signature" means nothing for a Keras model',
    hint: expect.stringContaining('SavedModels'),
  });
  const onnx = openSource('examples/digits/digits.onnx', { shown: 'm', outputs: ['a'] });
  await expect(onnx).rejects.toMatchObject({ exitCode: 2, hint: expect.stringMatching(/frozen/) });
});

test('errors of readers say in which model they are', async () => {
  cpSync(join(DIGITS, 'tfjs_graph'), join(folder, 'cut'), { recursive: true });
  writeFileSync(join(folder, 'cut', 'group1-shard1of1.bin'), 'short');
  await expect(openSource(join(folder, 'cut'), { shown: 'web/cut' })).rejects.toMatchObject({
    exitCode: 2,
    where: 'web/cut',
  });
});

test('what was told before is not told again', async () => {
  const path = join(DIGITS, 'model.onnx');
  const known = { ...(await detectEntry(path)), name: 'keras' as const };
  expect((await identifySource(path, path, known)).format).toBe('keras');
  using source = await openSource(path, { shown: path }, known);
  expect(source.format).toBe('keras');
});

test('the digest covers all files of a model, and neither its name nor its place', async () => {
  const one = await identifySource(join(DIGITS, 'tfjs_graph'));
  expect(one.files.map((file) => file.slice(resolve(DIGITS).length))).toEqual([
    '/tfjs_graph/model.json',
    '/tfjs_graph/group1-shard1of1.bin',
  ]);
  cpSync(join(DIGITS, 'tfjs_graph'), join(folder, 'copy'), { recursive: true });
  const other = await identifySource(join(folder, 'copy', 'model.json'));
  expect(other).toMatchObject({ digest: one.digest, bytes: one.bytes, format: 'tfjs' });
  const shard = join(folder, 'copy', 'group1-shard1of1.bin');
  writeFileSync(shard, readFileSync(shard).fill(1, 0, 4));
  const changed = await identifySource(join(folder, 'copy'));
  expect(changed.digest).not.toBe(one.digest);
  expect((await identifySource(join(DIGITS, 'saved_raw_sharded'))).files.length).toBeGreaterThan(4);
});
