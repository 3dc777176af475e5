import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { convertModel, targetOf } from '../../shared/pipeline/convert.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { npy, writeNpz } from '../measure/data/numpy-files.ts';
import { EXAMPLES, inlineContext } from './inline-context.ts';

afterAll(closeSharedProcess);
const { folder } = inlineContext();
const source = join(EXAMPLES, 'digits.onnx');

test('the suffix names the target', () => {
  expect(targetOf('a/b.onnx')).toBe('onnx');
  expect(targetOf('b.ORT')).toBe('ort');
  expect(() => targetOf('web/model.json')).toThrow(expect.objectContaining({ exitCode: 3 }));
  expect(() => targetOf('b.bin')).toThrow(expect.objectContaining({ exitCode: 2 }));
});

test('written and checked against the source', async () => {
  const out = join(folder, 'd.ort');
  const conversion = await convertModel({ source, out, check: true });
  expect(readFileSync(out).subarray(4, 8).toString()).toBe('ORTM');
  expect(conversion).toMatchObject({
    target: 'ort',
    check: { against: 'onnxruntime', synthetic: true, isWithinTolerance: true },
  });
});

test('golden outputs that differ are found, and the file is kept', async () => {
  const golden = join(folder, 'golden.npz');
  writeNpz(golden, {
    image: npy([2, 8, 8, 1], new Float32Array(128)),
    output_0: npy([2, 10], new Float32Array(20).fill(0.1)),
  });
  const out = join(folder, 'd.onnx');
  const { check } = await convertModel({ source, out, check: { path: golden } });
  expect(check).toMatchObject({ against: 'golden outputs', samples: 2, isWithinTolerance: false });
  expect(existsSync(out)).toBe(true);
});

test('the opset is raised, never lowered', async () => {
  const out = join(folder, 'raised.onnx');
  const { check } = await convertModel({ source, out, opset: 21, check: true });
  expect(check?.isWithinTolerance).toBe(true);
  await expect(
    convertModel({ source, out: join(folder, 'low.onnx'), opset: 13 }),
  ).rejects.toMatchObject({ exitCode: 3 });
  expect(existsSync(join(folder, 'low.onnx'))).toBe(false);
});
