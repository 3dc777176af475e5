import { copyFileSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openModel } from '../../shared/onnx/read-model.ts';
import { parseModel } from '../../shared/onnx/text.ts';
import { writeModel } from '../../shared/onnx/write-model.ts';
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
  expect(check).toMatchObject({ status: 'compared', isWithinTolerance: true });
  await expect(
    convertModel({ source, out: join(folder, 'low.onnx'), opset: 13 }),
  ).rejects.toMatchObject({ exitCode: 3 });
  expect(existsSync(join(folder, 'low.onnx'))).toBe(false);
});

/** Writes the model of the text and gives its path. */
function written(name: string, text: string): string {
  const path = join(folder, name);
  writeModel(parseModel(text), path);
  return path;
}
const HEAD = '<ir_version: 8, opset_import: ["": 17, "my.own": 1]>\n';
const G = 'g (float[1,2] x) => (float[1,2] y)';

test('what the reference cannot run is written and not verified', async () => {
  const custom = written('custom.onnx', `${HEAD}${G} { y = my.own.Baz (x) }`);
  const out = join(folder, 'c.onnx');
  const { check } = await convertModel({ source: custom, out, check: true });
  expect(check).toEqual({ status: 'not verified', reason: expect.stringContaining('my.own:Baz') });
  expect(existsSync(out)).toBe(true);
  // It can be loaded, and fails when it runs.
  const failing = written(
    'failing.onnx',
    `${HEAD}g (float[1,4] x) => (float[2,3] y) <int64[2] s = {2, 3}> { y = Reshape (x, s) }`,
  );
  expect((await convertModel({ source: failing, out, check: true })).check).toEqual({
    status: 'not verified',
    reason: expect.stringContaining('Reshape'),
  });
});

test('data that does not fit is an error all the same', async () => {
  const data = join(folder, 'wrong.npz');
  writeNpz(data, { image: npy([2, 3], new Float32Array(6)) });
  const out = join(folder, 'w.onnx');
  await expect(convertModel({ source, out, check: { path: data } })).rejects.toMatchObject({
    exitCode: 2,
  });
});

test('nodes in a wrong order are written in the right one; a broken model is refused', async () => {
  const out = join(folder, 'sorted.onnx');
  const late = written('late.onnx', `${HEAD}${G} { y = Relu (a)\n a = Abs (x) }`);
  const { notes, check } = await convertModel({ source: late, out, check: true });
  expect(notes).toEqual([expect.stringContaining('taken in the right order')]);
  expect(check).toMatchObject({ isWithinTolerance: true });
  using opened = openModel(out);
  expect(opened.model.graph.nodes.map(({ opType }) => opType)).toEqual(['Abs', 'Relu']);
  const broken = written('broken.onnx', `${HEAD}${G} { y = Add (x, nowhere) }`);
  const nothing = join(folder, 'nothing.onnx');
  await expect(convertModel({ source: broken, out: nothing })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining("reads 'nowhere'"),
  });
  expect(existsSync(nothing)).toBe(false);
});

test('the model itself is not overwritten, however its path is written', async () => {
  const own = join(folder, 'own.onnx');
  const alias = join(folder, 'alias.onnx');
  copyFileSync(source, own);
  symlinkSync(own, alias);
  const before = readFileSync(own);
  for (const [from, to] of [
    [own, own],
    [own, `${folder}/./own.onnx`],
    [own, alias],
    [alias, own],
  ] as const)
    await expect(convertModel({ source: from, out: to })).rejects.toThrow(/is the model itself/);
  expect(readFileSync(own).equals(before)).toBe(true);
});
