import { afterAll, expect, test } from 'vitest';
import { float32Tensor } from '../../shared/onnx/make-tensor.ts';
import type { Model } from '../../shared/onnx/model.ts';
import { floatValues } from '../../shared/onnx/tensor-data.ts';
import { parseModel } from '../../shared/onnx/text/parse-model.ts';
import { closeSharedProcess, sharedProcess } from '../../shared/runtime/shared-process.ts';
import { calibrateNorms, chooseSamples, NORM_SAMPLES } from '../../shared/train/calibrate-norms.ts';
import { convNet, stripes, xor, xorNet } from './_nets.ts';

afterAll(closeSharedProcess);

const valuesOf = (model: Model, name: string): number[] => [
  ...floatValues(model.graph.initializers.get(name) ?? float32Tensor('', [0], [])),
];

test('moments are those of the values in front of a norm', async () => {
  const samples = xor(48);
  const model = await calibrateNorms(xorNet(), samples, {
    process: sharedProcess(),
    seed: 1,
    batch: 16,
  });
  const [a, b] = [valuesOf(model, 'a'), valuesOf(model, 'b')];
  for (let channel = 0; channel < 16; channel++) {
    const values: number[] = [];
    for (let index = 0; index < 48; index++) {
      const [x = 0, y = 0] = Array.from((await samples.sample(index)).x?.data ?? [], Number);
      values.push(x * (a[channel] ?? 0) + y * (a[16 + channel] ?? 0) + (b[channel] ?? 0));
    }
    const mean = values.reduce((sum, value) => sum + value) / 48;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 48;
    expect(valuesOf(model, 'mean')[channel]).toBeCloseTo(mean, 4);
    expect(valuesOf(model, 'variance')[channel]).toBeCloseTo(variance, 4);
  }
  expect(valuesOf(model, 'scale')).toEqual(valuesOf(xorNet(), 'scale'));
});

test('norms that begin alike are not mixed up', async () => {
  const norm = (name: string): string =>
    ['s', 'b', 'm', 'v'].map((part) => `${name}${part}`).join(', ');
  const constants = ['p', 'q'].flatMap((name) => [
    `float[2] ${name}s = {1, 1}`,
    `float[2] ${name}b = {0, 0}`,
    `float[2] ${name}m = {0, 0}`,
    `float[2] ${name}v = {1, 1}`,
  ]);
  const twice = parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (float[n,2] x) => (float[n,2] y) <float ten = {10}, ${constants.join(', ')}> {
  p = BatchNormalization <epsilon = 0.0> (x, ${norm('p')}) t = Mul (p, ten) y = BatchNormalization (t, ${norm('q')}) }`);
  const model = await calibrateNorms(twice, xor(64), {
    process: sharedProcess(),
    seed: 1,
    batch: 64,
  });
  const inputs = await Promise.all(Array.from({ length: 64 }, (_, index) => xor(64).sample(index)));
  const means = [0, 1].map(
    (at) => inputs.reduce((sum, { x }) => sum + Number(x?.data[at]), 0) / 64,
  );
  means.forEach((mean, at) => {
    expect(valuesOf(model, 'pm')[at]).toBeCloseTo(mean, 4);
    // What the first norm gives has mean 0 and variance 1.
    expect(valuesOf(model, 'qm')[at]).toBeCloseTo(0, 4);
    expect(valuesOf(model, 'qv')[at]).toBeCloseTo(100, 2);
  });
});

test('a model without norms stays as it is', async () => {
  const model = convNet();
  expect(await calibrateNorms(model, stripes(), { process: sharedProcess(), seed: 1 })).toBe(model);
});

test('samples are chosen by chance, a thousand at most', () => {
  const many = chooseSamples({ length: 5000, sample: async () => ({}) }, 3);
  expect(many.length).toBe(NORM_SAMPLES);
  expect(new Set(many).size).toBe(NORM_SAMPLES);
  expect(Math.max(...many)).toBeGreaterThan(4000);
  expect(chooseSamples({ length: 5000, sample: async () => ({}) }, 3)).toEqual(many);
});
