import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareModels } from '../../shared/pipeline/compare-models.ts';
import { convertModel } from '../../shared/pipeline/convert.ts';
import { inspectModel } from '../../shared/pipeline/inspect.ts';
import { resolveJob } from '../../shared/pipeline/job.ts';
import { filesBeside, sourceFile } from '../../shared/pipeline/source-file.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { EXAMPLES, inlineContext } from './inline-context.ts';

const context = inlineContext();
const { folder } = context;
const digits = join(EXAMPLES, 'digits.onnx');
const pointer = join(folder, 'pointer.onnx');

beforeAll(() => {
  const bytes = readFileSync(digits);
  const oid = createHash('sha256').update(bytes).digest('hex');
  const objects = join(folder, '.git/lfs/objects', oid.slice(0, 2), oid.slice(2, 4));
  mkdirSync(objects, { recursive: true });
  copyFileSync(digits, join(objects, oid));
  writeFileSync(
    pointer,
    `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${bytes.length}\n`,
  );
});
afterAll(closeSharedProcess);

test('a file is itself; what is not there is named as the user named it', async () => {
  expect(await sourceFile(digits)).toBe(digits);
  await expect(sourceFile(join(folder, 'none.onnx'), 'none.onnx')).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/^none\.onnx does not exist/),
  });
});

test('inspect and convert read the object that a Git LFS pointer stands for', async () => {
  expect(await inspectModel(pointer)).toMatchObject({ path: pointer, bytes: 36193 });
  const out = join(folder, 'out.onnx');
  expect(await convertModel({ source: pointer, out, check: true })).toMatchObject({
    source: pointer,
    check: { isWithinTolerance: true },
  });
});

test('measure and diff do, too, on either side; a base that is not there is the base', async () => {
  const job = resolveJob({
    source: pointer,
    folder,
    settings: { variants: ['float32'], seconds: '10ms' },
    where: String,
  });
  const { models } = await compareModels(job, { path: pointer, shown: 'old.onnx' }, context);
  expect(models[0]).toMatchObject({
    source: { bytes: 36193 },
    variants: [{ fidelity: { cosine: 1 } }],
  });
  const none = { path: join(folder, 'none.onnx'), shown: 'none.onnx' };
  await expect(compareModels(job, none, context)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/^none\.onnx does not exist/),
  });
});

test('of a model in several files the others are told, where the user has them', async () => {
  const folder = 'test/fixtures/tensorflow/digits_cnn/tfjs_graph';
  expect(await filesBeside(join(folder, 'model.json'))).toEqual([
    join(folder, 'group1-shard1of1.bin'),
  ]);
  expect(await filesBeside('examples/digits/digits.onnx')).toEqual([]);
});
