import { expect, test } from 'vitest';
import { readTrees } from '../../../action/changes/commit-tree.ts';
import { uniqueName } from '../../../action/changes/model-names.ts';
import { placesNear } from '../../../action/changes/places.ts';
import { MODEL_NAME } from '../../../shared/pipeline/names.ts';
import { HEAD, repositoryOf } from '../_commits.ts';

test.each([
  [['m/a.onnx'], ['m/a']],
  [
    ['m/a.onnx', 'm/a.tflite'],
    ['m/a', 'm/a.tflite'],
  ],
  [['web/model.json'], ['web']],
  [['v1.2/model.json'], ['v1.2']],
])('%j', async (paths, names) => {
  const head = Object.fromEntries(paths.map((path) => [path, path]));
  const trees = await readTrees(
    repositoryOf({ head }),
    { base: undefined, head: HEAD },
    () => false,
  );
  const taken = new Set<string>();
  expect(placesNear(trees.head, paths).map((place) => uniqueName(place, taken))).toEqual(names);
  expect([...taken]).toEqual(names);
});

test('a name that is none becomes one', async () => {
  const head = { '-é `|.onnx': '1', '-é ´|.onnx': '2' };
  const trees = await readTrees(
    repositoryOf({ head }),
    { base: undefined, head: HEAD },
    () => false,
  );
  const taken = new Set<string>();
  for (const place of placesNear(trees.head, Object.keys(head))) uniqueName(place, taken);
  expect(taken.size).toBe(2);
  for (const name of taken) expect(name).toMatch(MODEL_NAME);
});
