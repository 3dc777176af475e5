import { afterAll, expect, test } from 'vitest';
import type { NamedTensors, Tensor } from '../../../shared/base/tensor.ts';
import { openSource } from '../../../shared/formats/open-source.ts';
import { parseModel } from '../../../shared/onnx/text.ts';
import { verifyConversion } from '../../../shared/pipeline/verify/verify-conversion.ts';
import { openSession } from '../../../shared/runtime/session.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';

afterAll(closeSharedProcess);
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
