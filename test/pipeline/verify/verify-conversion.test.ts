import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { NamedTensors, Tensor } from '../../../shared/base/tensor.ts';
import { openSource } from '../../../shared/formats/open-source.ts';
import { parseModel } from '../../../shared/onnx/text.ts';
import { writeModel } from '../../../shared/onnx/write-model.ts';
import { verifyConversion } from '../../../shared/pipeline/verify/verify-conversion.ts';
import { openSession } from '../../../shared/runtime/session.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';

afterAll(closeSharedProcess);
const folder = mkdtempSync(join(tmpdir(), 'fettle-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const FILE = 'test/fixtures/tensorflow/digits_cnn/tfjs_graph';

const image = (seed: number): Tensor => ({
  type: 'float32',
  dims: [1, 8, 8, 1],
  data: Float32Array.from({ length: 64 }, (_, index) => ((index * 7 + seed * 13) % 17) / 16),
});
const data = { length: 3, sample: async (index: number) => ({ image: image(index) }) };

test('a conversion that is right agrees with the source’s runtime', async () => {
  using source = await openSource(FILE, { shown: FILE });
  const open = () => openSession(source.model);
  const result = await verifyConversion({ source, file: FILE, data, isSynthetic: true, open });
  expect(result).toMatchObject({ status: 'compared', samples: 3, isWithinTolerance: true });
  expect(result.status === 'compared' && result.against).toMatch(/^TensorFlow\.js/);
});

test('one that is wrong does not, and golden outputs are believed before any runtime', async () => {
  using source = await openSource(FILE, { shown: FILE });
  const constant = parseModel(
    `<ir_version: 8, opset_import: ["": 17]>
     g (float[n,8,8,1] image) => (float[n,10] probs)
     <float[10] c = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, int64[3] axes = {1, 2, 3}> {
       s = ReduceSum<keepdims = 0> (image, axes)
       z = Sub (s, s)
       one = Constant<value_ints = [1]> ()
       col = Unsqueeze (z, one)
       probs = Add (col, c)
     }`,
  );
  const open = () => openSession(constant);
  const wrong = await verifyConversion({ source, file: FILE, data, isSynthetic: false, open });
  expect(wrong).toMatchObject({ status: 'compared', isWithinTolerance: false });
  const output = (): NamedTensors => ({
    probs: { type: 'float32', dims: [1, 10], data: new Float32Array(10).fill(0.1) },
  });
  const golden = { ...data, goldenOutputs: { names: ['probs'], output } };
  const right = await verifyConversion({
    source,
    file: FILE,
    data: golden,
    isSynthetic: false,
    open,
  });
  expect(right).toMatchObject({ against: 'golden outputs', isWithinTolerance: true });
});

const goldenOf = (value: number) => ({
  ...data,
  goldenOutputs: {
    names: ['probs'],
    output: (): NamedTensors => ({
      probs: { type: 'float32', dims: [1, 10], data: new Float32Array(10).fill(value) },
    }),
  },
});

test('golden outputs that differ: the source’s runtime is asked as well', async () => {
  using source = await openSource(FILE, { shown: FILE });
  const open = () => openSession(source.model);
  const request = { source, file: FILE, data: goldenOf(0.1), isSynthetic: false, open };
  expect(await verifyConversion(request)).toMatchObject({
    against: 'golden outputs',
    isWithinTolerance: false,
    reference: { against: expect.stringMatching(/^TensorFlow\.js/), isWithinTolerance: true },
  });
});

test('golden outputs that are NaN prove nothing: the source’s runtime is asked instead', async () => {
  using source = await openSource(FILE, { shown: FILE });
  const nan = parseModel(
    `<ir_version: 8, opset_import: ["": 17]>
     g (float[n,8,8,1] image) => (float[1,10] probs)
     <float[1,10] c = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1}, int64[4] axes = {0, 1, 2, 3}> {
       s = ReduceSum<keepdims = 0> (image, axes)
       z = Sub (s, s)
       below = Add (z, c)
       probs = Sqrt (below)
     }`,
  );
  const request = {
    source,
    file: FILE,
    data: goldenOf(Number.NaN),
    isSynthetic: false,
    open: () => openSession(nan),
  };
  expect(await verifyConversion(request)).toMatchObject({
    against: expect.stringMatching(/^TensorFlow\.js/),
    isWithinTolerance: false,
    remark: expect.stringMatching(/NaN everywhere, which proves nothing/),
  });
  const onnx = { model: nan, format: 'onnx', origins: new Map() } as const;
  const file = join(folder, 'nan.onnx');
  writeModel(nan, file);
  const itself = { ...source, ...onnx };
  expect(await verifyConversion({ ...request, source: itself, file })).toEqual({
    status: 'not verified',
    reason: expect.stringMatching(
      /golden outputs are NaN .*; onnxruntime gives NaN for everything/,
    ),
  });
});

test('what is wrong with the first sample is told before anything runs', async () => {
  using source = await openSource(FILE, { shown: FILE });
  const request = {
    source,
    file: FILE,
    data,
    isSynthetic: true,
    open: () => openSession(source.model),
    checkFeeds: () => {
      throw new TypeError('wrong shape');
    },
  };
  await expect(verifyConversion(request)).rejects.toThrow('wrong shape');
});
