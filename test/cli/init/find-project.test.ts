import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findProject } from '../../../shared/cli/init/find-project.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/tensorflow/digits_cnn/', import.meta.url));
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'fettle-test-'));
  const put = (name: string, from: string): void => {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    cpSync(join(fixtures, from), join(dir, name), { recursive: true });
  };
  put('models/a.onnx', 'model.onnx');
  put('models/saved', 'saved_raw');
  put('node_modules/x/hidden.onnx', 'model.onnx');
  writeFileSync(
    join(dir, 'models/lfs.onnx'),
    `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 9\n`,
  );
  writeFileSync(join(dir, 'models/broken.onnx'), 'text');
  mkdirSync(join(dir, 'data'));
  for (const name of ['test.npz', 'train.npz']) writeFileSync(join(dir, 'data', name), '');
});
afterAll(() => rmSync(dir, { recursive: true }));

test('models by their bytes, data by name; caches and broken files are left out', async () => {
  expect(await findProject(dir)).toEqual({
    models: [
      { path: 'models/a.onnx', format: 'onnx', isReadable: true, isPointer: false },
      { path: 'models/lfs.onnx', format: 'onnx', isReadable: true, isPointer: true },
      { path: 'models/saved', format: 'saved-model', isReadable: true, isPointer: false },
    ],
    data: ['data/test.npz', 'data/train.npz'],
  });
});
