import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { jobOf } from '../../../action/local/job-of.ts';
import type { ComparedModel } from '../../../action/local/order.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { EXAMPLES } from '../../pipeline/inline-context.ts';

afterAll(closeSharedProcess);
const root = makeTempDir('job-of');
const headRoot = join(root, 'head');
const baseRoot = join(root, 'base');
mkdirSync(join(headRoot, 'models'), { recursive: true });
mkdirSync(baseRoot);
copyFileSync(join(EXAMPLES, 'digits.onnx'), join(headRoot, 'models/digits.onnx'));
copyFileSync(join(EXAMPLES, 'test.npz'), join(headRoot, 'models/test.npz'));
writeFileSync(join(headRoot, 'score.ts'), 'export const score = () => 1;');

const roots = { headRoot, baseRoot, isTrusted: true };
const model = (changes: Partial<ComparedModel> = {}): ComparedModel => ({
  name: 'digits',
  source: 'models/digits.onnx',
  isNew: false,
  settings: {},
  folder: '',
  where: 'fettle.yml:3',
  candidates: [],
  ...changes,
});

test('all variants are compared, as ONNX; auto where it ships', async () => {
  expect(await jobOf(model(), roots)).toMatchObject({
    shownSource: 'models/digits.onnx',
    source: join(headRoot, 'models/digits.onnx'),
    variants: ['float16', 'int8', 'int4'],
    targets: ['onnx'],
    notes: [],
  });
  const settings = { ship: 'auto', variants: ['int8', 'auto'] };
  expect(await jobOf(model({ settings }), roots)).toMatchObject({
    variants: ['int8', 'auto'],
    ship: 'auto',
  });
});

test('data by the model are taken where the model takes them, those of the settings anyway', async () => {
  const found = await jobOf(model({ candidates: ['models/test.npz'] }), roots);
  expect(found.data.all?.path).toBe(join(headRoot, 'models/test.npz'));
  const settings = { data: { evaluation: { path: 'test.npz' } } };
  const named = await jobOf(model({ settings, folder: 'models' }), roots);
  expect(named.data.evaluation?.path).toBe(join(headRoot, 'models/test.npz'));
});

test.each([['../secret.npz'], ['/etc/passwd']])('data at %s are not read', async (path) => {
  const settings = { data: { all: { path } } };
  await expect(jobOf(model({ settings }), roots)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('outside of the repository'),
    where: 'fettle.yml:3',
  });
});

test('a metric module is the one that was merged, and for a stranger none', async () => {
  const settings = { data: { metric: './score.ts' } };
  const job = jobOf(model({ settings }), roots);
  await expect(job).rejects.toThrow('is not on the branch that this goes to');
  writeFileSync(join(baseRoot, 'score.ts'), 'export const score = () => 0;');
  expect((await jobOf(model({ settings }), roots)).data.metric).toBe(join(baseRoot, 'score.ts'));
  const stranger = jobOf(model({ settings }), { ...roots, isTrusted: false });
  await expect(stranger).rejects.toThrow('is not run for this pull request');
});

test('a stranger’s model has limits of time and memory, the settings may set others', async () => {
  const stranger = { ...roots, isTrusted: false };
  expect(await jobOf(model(), stranger)).toMatchObject({ timeout: 900, memoryBytes: 8e9 });
  const settings = { timeout: '30 s' };
  expect(await jobOf(model({ settings }), stranger)).toMatchObject({ timeout: 30 });
  expect(await jobOf(model(), roots)).not.toHaveProperty('timeout');
});
