import { expect, test } from 'vitest';
import { readTrees } from '../../../action/changes/commit-tree.ts';
import { findChanges } from '../../../action/changes/find-changes.ts';
import { looksByName } from '../../../action/fetch/looks-by-name.ts';
import { BASE, type Contents, HEAD, pointerTo, repositoryOf, stageOf } from '../_commits.ts';

async function _found(base: Contents, head: Contents) {
  const reader = repositoryOf({ base, head });
  const trees = await readTrees(reader, { base: BASE, head: HEAD }, () => false);
  reader.calls.length = 0;
  const request = { trees, configPath: 'fettle.yml', trusted: 'base', code: 'base' } as const;
  const { changes, problems } = await findChanges(request, looksByName(stageOf(reader)));
  const files = changes.map(({ name, head: own }) => [name, own?.files.map(({ path }) => path)]);
  return { files, problems, calls: reader.calls, changes };
}

const big = (text: string): string => text.repeat(2000);

test('no model is opened, and names tell what may belong to it', async () => {
  const base = {
    'm/a.onnx': big('a'),
    'm/a.onnx.data': big('w'),
    'm/b.onnx': big('b'),
    'w/model.json': big('{'),
    'w/x.bin': big('x'),
  };
  const head = { ...base, 'm/a.onnx': big('A'), 'w/x.bin': big('y'), 'm/c.gguf': big('g') };
  const { files, calls, problems } = await _found(base, head);
  expect(files).toEqual([
    ['m/a', ['m/a.onnx', 'm/a.onnx.data']],
    ['w', ['w/model.json', 'w/x.bin']],
  ]);
  expect(calls).toEqual([]);
  expect(problems).toEqual([]);
});

test('the configuration is that of the base, and pointers are read', async () => {
  const yml = 'version: 1\nmodels: { a: { source: m/a.onnx, budget: { size: 1 MB } } }\n';
  const base = { 'fettle.yml': yml, 'm/a.onnx': pointerTo('old') };
  const head = { 'fettle.yml': yml.replace('1 MB', '9 GB'), 'm/a.onnx': pointerTo('newer') };
  const { changes } = await _found(base, head);
  expect(changes).toMatchObject([
    { name: 'a', settings: { budget: { size: '1 MB' } }, head: { files: [{ lfs: { bytes: 5 } }] } },
  ]);
});
