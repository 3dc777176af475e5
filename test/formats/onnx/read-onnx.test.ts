import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { onnxFiles, readOnnx } from '../../../shared/formats/onnx/read-onnx.ts';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { writeModel } from '../../../shared/onnx/write-model.ts';

const DIGITS = 'examples/digits/digits.onnx';

test('a model as it is, with who wrote it', async () => {
  using source = await readOnnx(DIGITS, { shown: DIGITS });
  expect(source.producer).toMatch(/^tf2onnx/);
  expect(source.model.graph.inputs[0]?.name).toBe('image');
  expect([...source.origins]).toEqual([]);
});

test('files of weights belong to it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-test-'));
  try {
    const path = join(folder, 'm.onnx');
    using opened = openModel(DIGITS);
    writeModel(opened.model, path, { external: 'always' });
    expect(await onnxFiles(path)).toEqual([path, join(folder, 'm.onnx.data')]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
