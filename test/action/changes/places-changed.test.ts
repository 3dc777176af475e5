import { describe, expect, test } from 'vitest';
import { readTrees } from '../../../action/changes/commit-tree.ts';
import { type Place, pathOf, placesNear } from '../../../action/changes/places.ts';
import { GonePlaces, mayHaveChanged } from '../../../action/changes/places-changed.ts';
import { type Contents, HEAD, repositoryOf } from '../_commits.ts';

async function _places(head: Contents): Promise<Place[]> {
  const trees = await readTrees(
    repositoryOf({ head }),
    { base: undefined, head: HEAD },
    () => false,
  );
  return placesNear(trees.head, Object.keys(head));
}

test.each([
  ['m/a.onnx', ['m/a.onnx'], true],
  ['m/a.onnx', ['m/b.onnx', 'm/x.md', 'm/test.npz'], false],
  ['m/a.onnx', ['m/weights/layer1'], true],
  ['m/a.onnx', ['n/a.onnx.data'], false],
  ['m/a.tflite', ['m/a.bin'], false],
  ['m/a.h5', ['m/a.json'], true],
  ['m/a.h5', ['m/a.bin'], false],
  ['m/saved_model.pb', ['m/variables/variables.index'], true],
  ['m/model.json', ['m/w.bin'], true],
  ['m/model.json', ['n/w.bin'], false],
])('%s after a change of %j', async (path, changed, expected) => {
  const [place] = await _places({ [path]: 'x' });
  expect(place && mayHaveChanged(place, new Set(changed))).toBe(expected);
});

describe('the former place of a model', () => {
  const take = async (
    gone: Contents,
    path: string,
    content: string,
  ): Promise<string | undefined> => {
    const [place] = await _places({ [path]: content });
    const former = place && new GonePlaces(await _places(gone)).takeFor(place);
    return former && pathOf(former);
  };

  test.each([
    ['has the same bytes', { 'm/a.onnx': '1', 'm/b.onnx': '2' }, 'n/a.onnx', '2', 'm/b.onnx'],
    [
      'has the same name beside it',
      { 'n/a.onnx': '1', 'm/a.onnx': '2' },
      'm/a.tflite',
      '3',
      'm/a.onnx',
    ],
    ['has the same name elsewhere', { 'n/a.onnx': '1' }, 'm/a.onnx', '3', 'n/a.onnx'],
    ['is a folder of that name', { 'n/a/model.json': '1' }, 'm/a.onnx', '3', 'n/a'],
    ['is none', { 'n/b.onnx': '1' }, 'm/a.onnx', '3', undefined],
  ])('%s', async (_, gone, path, content, expected) => {
    expect(await take(gone, path, content)).toBe(expected);
  });

  test('is taken once', async () => {
    const gone = new GonePlaces(await _places({ 'm/a.onnx': '1', 'm/b.onnx': '2' }));
    const places = await _places({ 'n/a.onnx': '3', 'o/a.onnx': '4' });
    expect(places.map((place) => gone.takeFor(place)?.candidate.entry.key)).toEqual([
      'm/a.onnx',
      undefined,
    ]);
    expect(gone.rest.map(pathOf)).toEqual(['m/b.onnx']);
    gone.drop('m/b.onnx');
    expect(gone.rest).toEqual([]);
  });
});
