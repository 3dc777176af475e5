import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { resolveJob } from '../../../shared/pipeline/job.ts';
import { importOptionsOf, readSource } from '../../../shared/pipeline/stages/source.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { npy, writeNpz } from '../../measure/data/numpy-files.ts';
import { digitsWork } from '../digits-work.ts';
import { EXAMPLES, inlineContext } from '../inline-context.ts';

afterAll(closeSharedProcess);
const { folder } = inlineContext();
const job = (source: string) => resolveJob({ source, folder, settings: {}, where: String });

test('a Git LFS pointer stands for the object in the repository', async () => {
  const bytes = readFileSync(join(EXAMPLES, 'digits.onnx'));
  const oid = createHash('sha256').update(bytes).digest('hex');
  const object = join(folder, '.git/lfs/objects', oid.slice(0, 2), oid.slice(2, 4), oid);
  mkdirSync(dirname(object), { recursive: true });
  writeFileSync(
    join(folder, 'm.onnx'),
    `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${bytes.length}\n`,
  );
  await expect(readSource(job('m.onnx'), {})).rejects.toMatchObject({
    exitCode: 2,
    hint: expect.stringContaining('git lfs pull'),
  });
  cpSync(join(EXAMPLES, 'digits.onnx'), object);
  const sources = {};
  const { artifact, format } = await readSource(job('m.onnx'), sources);
  expect(format).toBe('onnx');
  expect(sources).toEqual({ [artifact.digest]: object });
});

test('messages show the path as it was given', async () => {
  await expect(readSource(job('none.onnx'), {})).rejects.toMatchObject({
    message: 'none.onnx does not exist',
  });
  writeFileSync(join(folder, 'a.gguf'), 'GGUF');
  await expect(readSource(job('a.gguf'), {})).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(/^a\.gguf is/),
  });
});

test('labels are scored as classes; without labels agreement is; without data nothing', async () => {
  expect((await digitsWork()).samples.metrics).toEqual({
    selection: { name: 'top1' },
    evaluation: { name: 'top1' },
  });
  expect(
    (await digitsWork({ data: { all: { path: 'test.npz' }, metric: 'f1' } })).samples.metrics
      ?.evaluation,
  ).toEqual({ name: 'f1' });
  expect((await digitsWork({})).samples.metrics).toBeUndefined();
});

test('samples to choose on may lack labels: then agreement decides, and it is said', async () => {
  const calibration = join(folder, 'unlabelled.npz');
  writeNpz(calibration, { image: npy([200, 8, 8, 1], new Float32Array(200 * 64).fill(0.5)) });
  const data = {
    calibration: { path: calibration },
    evaluation: { path: join(EXAMPLES, 'test.npz') },
  };
  const { samples } = await digitsWork({ data: { ...data, metric: 'top1' } });
  expect(samples.metrics).toEqual({
    selection: { name: 'fidelity' },
    evaluation: { name: 'top1' },
  });
  expect(samples.facts.notes).toEqual([expect.stringContaining('have no labels')]);
  await expect(
    digitsWork({ data: { all: { path: calibration }, metric: 'top1' } }),
  ).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('top1 needs labels') });
});

test('what only other formats have is refused, not ignored', async () => {
  for (const settings of [{ signature: 'serving_default' }, { cut: ['x'] }, { outputs: ['y'] }]) {
    const asked = resolveJob({ source: 'digits.onnx', folder: EXAMPLES, settings, where: String });
    await expect(readSource(asked, {})).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('means nothing for an ONNX model'),
    });
  }
});

test('a job tells the reader where the graph is cut', () => {
  const settings = { cut: ['Relu:0'], outputs: ['y:0'], inputs: { 'Relu:0': [1, 8, 8, 16] } };
  const asked = resolveJob({ source: 'frozen.pb', folder: EXAMPLES, settings, where: String });
  expect(importOptionsOf(asked)).toEqual({
    shown: 'frozen.pb',
    inputs: ['Relu:0'],
    outputs: ['y:0'],
  });
});

test('shapes are checked against the model and against the data', async () => {
  await expect(digitsWork({ inputs: { imgae: [1, 8, 8, 1] } })).rejects.toMatchObject({
    exitCode: 2,
    hint: expect.stringContaining('"image"'),
  });
  const data = { all: { path: 'test.npz' } };
  await expect(digitsWork({ data, inputs: { image: [1, 4, 4, 1] } })).rejects.toMatchObject({
    exitCode: 2,
  });
  expect((await digitsWork({ data, inputs: { image: [1, 8, 8, 1] } })).samples.isSynthetic).toBe(
    false,
  );
});

test('a metric with calibration samples alone lacks samples to judge, not labels', async () => {
  const data = { calibration: { path: 'calibration.npz' }, metric: 'top1' };
  await expect(digitsWork({ data })).rejects.toThrow(/top1 needs samples to judge/);
});
