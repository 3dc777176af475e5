import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { downloadLfs, locateLfs } from '../../../action/github/lfs.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { silentLog } from '../../../shared/base/log.ts';
import { type Models, startModels } from '../../emulators/github/_models.ts';
import { open } from './_open.ts';

const BYTES = Buffer.from('the weights of a model');
const object = { sha256: createHash('sha256').update(BYTES).digest('hex'), bytes: BYTES.length };
const name = { owner: 'octo', repo: 'models' };

let models: Models;
beforeEach(async () => {
  models = await startModels();
  models.repository.lfs.add(BYTES);
});
afterEach(() => models[Symbol.asyncDispose]());

const locate = (objects = [object]) =>
  locateLfs(open(models.github, models.repository).client, name, objects, silentLog);

async function _download(wanted: typeof object, content = object) {
  const path = join(makeTempDir('lfs'), 'deep', 'w.bin');
  const from = (await locate([content])).get(content.sha256);
  if (!from) throw new Error('no address');
  return { path, done: downloadLfs(wanted, from, path, silentLog) };
}

test('an object is had by one question and one download', async () => {
  const { path, done } = await _download(object);
  await done;
  expect(readFileSync(path)).toEqual(BYTES);
  expect(models.github.problems).toEqual([]);
});

test('many are asked for together, and each once', async () => {
  const contents = Array.from({ length: 120 }, (_, at) => Buffer.from(`weights ${at}`));
  const objects = contents.map((content) => {
    models.repository.lfs.add(content);
    return { sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length };
  });
  models.github.forgetCalls();
  expect((await locate([...objects, ...objects])).size).toBe(120);
  expect(models.github.calls.map(({ operation }) => operation)).toEqual(['lfs/batch', 'lfs/batch']);
});

test.each([
  ['other bytes', { ...object, sha256: 'a'.repeat(64) }],
  ['more bytes', { ...object, bytes: 3 }],
  ['fewer bytes', { ...object, bytes: 3000 }],
])('%s than those of the digest leave no file', async (_, wanted) => {
  const { path, done } = await _download(wanted);
  await expect(done).rejects.toThrow('Git LFS gave');
  expect(existsSync(path)).toBe(false);
  expect(readdirSync(dirname(path))).toEqual([]);
});

test('an object that was never pushed is said', async () => {
  await expect(locate([{ sha256: 'c'.repeat(64), bytes: 3 }])).rejects.toMatchObject({
    exitCode: 2,
    hint: expect.stringContaining('git lfs push'),
  });
});

test('a limit is waited for, and a refusal tells neither address nor token', async () => {
  models.github.addFaults({
    operation: 'lfs/batch',
    status: 429,
    times: 1,
    headers: { 'retry-after': '0' },
  });
  expect((await locate()).size).toBe(1);
  models.github.addFaults({ operation: 'lfs/batch', status: 403 });
  const error = await locate().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ message: 'Git LFS answered 403' });
  expect(JSON.stringify(error)).not.toMatch(/ghs_|http/);
});
