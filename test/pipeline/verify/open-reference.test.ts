import { afterAll, expect, test } from 'vitest';
import { DefectError, InputError, ModelError, ToolError } from '../../../shared/base/errors.ts';
import { openSource } from '../../../shared/formats/open-source.ts';
import {
  availableReferences,
  NotVerified,
  ofReference,
  openReference,
} from '../../../shared/pipeline/verify/open-reference.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';

afterAll(closeSharedProcess);
const FEEDS = {
  image: { type: 'float32', dims: [1, 8, 8, 1], data: new Float32Array(64) },
} as const;
const FIXTURES = 'test/fixtures/tensorflow/digits_cnn';

test('the source’s own runtime is taken, and onnxruntime for ONNX', async () => {
  expect(await availableReferences('tfjs')).toContain('TensorFlow.js');
  const file = 'examples/digits/digits.onnx';
  using source = await openSource(file, { shown: file });
  await using reference = await openReference({ source, file }, FEEDS);
  expect(reference.name).toBe('onnxruntime');
});

/** Where TensorFlow itself is installed, there is one. */
const hasReference = (await availableReferences('saved-model')).length > 0;

test.skipIf(hasReference)('without one the reason names what to install', async () => {
  const file = `${FIXTURES}/saved_raw`;
  using source = await openSource(file, { shown: file });
  await expect(openReference({ source, file }, FEEDS)).rejects.toThrow(
    expect.objectContaining({ message: expect.stringMatching(/npm install .*tfjs-node/) }),
  );
  await expect(openReference({ source, file }, FEEDS)).rejects.toThrow(NotVerified);
});

test('what a reference cannot do is no fault of the conversion; other faults stay what they are', async () => {
  const failing = (error: Error) => ofReference(() => Promise.reject(error));
  await expect(failing(new ToolError('no kernel'))).rejects.toThrow(NotVerified);
  await expect(failing(new ModelError('bad'))).rejects.toThrow(NotVerified);
  await expect(failing(new InputError('data'))).rejects.toThrow(InputError);
  await expect(failing(new DefectError('ours'))).rejects.toThrow(DefectError);
});
