import { expect, test } from 'vitest';
import { readTrees } from '../../../action/changes/commit-tree.ts';
import { pathOf, placeAt, placesNear } from '../../../action/changes/places.ts';
import { type Contents, HEAD, repositoryOf } from '../_commits.ts';

const treeOf = async (...paths: string[]) => {
  const head: Contents = Object.fromEntries(paths.map((path) => [path, path]));
  return (await readTrees(repositoryOf({ head }), { base: undefined, head: HEAD }, () => false))
    .head;
};

test.each([
  [['m/a.onnx', 'n/b.onnx'], ['m/readme.md'], ['m/a.onnx']],
  [
    ['saved/saved_model.pb', 'saved/variables/variables.index'],
    ['saved/variables/variables.index'],
    ['saved'],
  ],
  [['web/model.json', 'web/w.bin'], ['web/w.bin'], ['web']],
  [['a.onnx', 'data/test.npz'], ['data/test.npz'], ['a.onnx']],
  [['model.json', 'w.bin'], ['w.bin'], ['.']],
  [['out/manifest.json', 'out/report.html', 'out/a.int8.onnx'], ['out/a.int8.onnx'], []],
  [['m/a.txt'], ['m/a.txt'], []],
])('of %j the models near %j', async (paths, changed, expected) => {
  expect(placesNear(await treeOf(...paths), changed).map(pathOf)).toEqual(expected);
});

test.each([
  ['m/a.onnx', 'm/a.onnx', 'm/a.onnx'],
  ['saved', 'saved', 'saved/saved_model.pb'],
  ['saved/saved_model.pb', 'saved', 'saved/saved_model.pb'],
  ['web/model.json', 'web', 'web/model.json'],
  ['none.onnx', undefined, undefined],
])('at %s', async (path, opened, entry) => {
  const tree = await treeOf('m/a.onnx', 'saved/saved_model.pb', 'web/model.json', 'web/w.bin');
  const place = placeAt(path, 'name', tree);
  expect(place && pathOf(place)).toBe(opened);
  expect(place?.candidate.entry.key).toBe(entry);
});

test('ten thousand folders without a model are no work', async () => {
  const paths = Array.from({ length: 10_000 }, (_, at) => `src/${at}/file.ts`);
  const entries = [...paths, 'm/a.onnx'].map((path) => ({
    path,
    kind: 'file' as const,
    id: 'c'.repeat(40),
    bytes: 1,
  }));
  const reader = { ...repositoryOf({}), tree: async () => ({ entries, isTruncated: false }) };
  const { head: tree } = await readTrees(reader, { base: undefined, head: HEAD }, () => false);
  const started = performance.now();
  expect(placesNear(tree, [...paths, 'm/a.onnx']).map(pathOf)).toEqual(['m/a.onnx']);
  // Listing each folder as a whole takes half a minute.
  expect(performance.now() - started).toBeLessThan(3000);
});
