import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { point } from '../../../shared/pipeline/distributed/pointers.ts';
import { dropOldRuns, listRuns } from '../../../shared/pipeline/distributed/runs.ts';
import { FolderObjects } from './_folder-objects.ts';

const runKey = (name: string): string =>
  `models/a/b/runs/${Buffer.from(name.padEnd(6)).toString('hex')}-${'0'.repeat(12)}`;

async function withRuns(names: readonly string[]) {
  const folder = makeTempDir('test');
  const objects = new FolderObjects(folder);
  for (const [index, name] of names.entries()) {
    for (const file of ['report.json', ...(name === 'broken' ? [] : ['manifest.json'])]) {
      const key = `${runKey(name)}/${file}`;
      await objects.put(key, 'text');
      utimesSync(join(folder, key), index, index);
    }
  }
  return objects;
}

const names = async (objects: FolderObjects) =>
  (await listRuns(objects, 'a/b')).map(({ key }) =>
    Buffer.from(key.split('/').at(-1)?.slice(0, 12) ?? '', 'hex')
      .toString()
      .trim(),
  );

it('runs are listed from the newest, and a half-written one is told', async () => {
  const objects = await withRuns(['one', 'two', 'broken']);
  expect(await names(objects)).toEqual(['broken', 'two', 'one']);
  expect((await listRuns(objects, 'a/b')).map(({ isWhole }) => isWhole)).toEqual([
    false,
    true,
    true,
  ]);
  expect(await listRuns(objects, 'a')).toEqual([]);
});

it('what belongs to a model that is called so is no run', async () => {
  const objects = new FolderObjects(makeTempDir('test'));
  await objects.put('models/a/runs/latest.json', '{}');
  await objects.put('models/a/runs/runs/012345678901-012345678901/report.json', '{}');
  expect(await listRuns(objects, 'a')).toEqual([]);
  expect(await listRuns(objects, 'a/runs')).toHaveLength(1);
});

it('old runs go, but for the one in use', async () => {
  const objects = await withRuns(['one', 'two', 'three', 'four']);
  await point(
    objects,
    'a/b',
    {
      run: runKey('one'),
      sourceVersion: '',
      publishedAt: '',
      verdict: 'ok',
      files: {},
      request: '',
      jobKey: '',
      toolchain: { tool: '', runtime: '', steps: '' },
    },
    async () => true,
  );
  await dropOldRuns(objects, 'a/b', 2);
  expect(await names(objects)).toEqual(['four', 'three', 'one']);
});
