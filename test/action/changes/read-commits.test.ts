import { expect, test } from 'vitest';
import { readCommits } from '../../../action/changes/read-commits.ts';
import { BASE, HEAD, repositoryOf } from '../_commits.ts';

const CONFIG = 'version: 1\nmodels: { a: { source: models/a.onnx, data: sets/test } }\n';
const files = {
  'ml/fettle.yml': CONFIG.replace('models/', '../models/').replace('sets/', '../sets/'),
  'models/a.onnx': 'a',
  'sets/test/1/x.png': 'x',
  'other/b.onnx': 'b',
};

const read = async (mostEntries: number) => {
  const reader = repositoryOf({ base: files, head: { ...files, 'x.md': '' } }, { mostEntries });
  const trees = await readCommits(
    reader,
    { base: BASE, head: HEAD, trusted: 'head' },
    'ml/fettle.yml',
    async ({ blob }) => Buffer.from(await reader.blob(blob, 0)).toString(),
  );
  return { paths: [...trees.head.files.keys()].sort(), calls: reader.calls };
};

test('a small repository is listed once, and its configuration not read', async () => {
  const { paths, calls } = await read(100);
  expect(paths).toHaveLength(5);
  expect(calls).toEqual(['tree head recursive', 'tree base recursive']);
});

test('of a large one all is listed that the configuration names', async () => {
  const { paths } = await read(2);
  expect(paths).toEqual(['ml/fettle.yml', 'models/a.onnx', 'sets/test/1/x.png', 'x.md']);
});
