import { describe, expect, test } from 'vitest';
import { readTrees } from '../../../action/changes/commit-tree.ts';
import type { Looks } from '../../../action/changes/find-changes.ts';
import { type Place, placesNear } from '../../../action/changes/places.ts';
import { isUnread, looksOf } from '../../../action/fetch/looks.ts';
import { CONFIG_MAX_BYTES } from '../../../shared/base/limits.ts';
import { BASE, type Contents, HEAD, pointerTo, repositoryOf, stageOf } from '../_commits.ts';
import { onnxModel, splitModel, tfjsModel } from '../_models.ts';

const { header, weights } = splitModel('a.onnx', 1);

async function _looks(head: Contents, { savesLfs = false, lfs = [] as Uint8Array[] } = {}) {
  const reader = repositoryOf({ head });
  const trees = await readTrees(reader, { base: BASE, head: HEAD }, () => false);
  reader.calls.length = 0;
  const [place] = placesNear(trees.head, Object.keys(head));
  if (!place) throw new Error('no model');
  const looks = looksOf(trees, stageOf(reader, { lfs }), { savesLfs });
  return { looks, place, trees, calls: reader.calls };
}

const filesOf = async (looks: Looks, place: Place): Promise<string[]> => {
  const inside = await looks.inside(place, 'head');
  return inside.kind === 'ready' ? inside.files.map(({ key }) => key) : [inside.kind];
};

test.each<[string, Contents, string[]]>([
  ['one file', { 'm/a.onnx': onnxModel(1) }, ['m/a.onnx']],
  [
    'weights beside it',
    { 'm/a.onnx': header, 'm/a.onnx.data': weights, 'm/b.bin': 'x' },
    ['m/a.onnx', 'm/a.onnx.data'],
  ],
  ['weights that are missing', { 'm/a.onnx': header }, ['waiting']],
  [
    'shards',
    { 'web/model.json': tfjsModel(''), 'web/w.bin': 'x', 'web/v.bin': 'x' },
    ['web/model.json', 'web/w.bin'],
  ],
  ['a JSON of something else', { 'web/model.json': '{}' }, ['ignored']],
])('inside of a model is %s', async (_, head, expected) => {
  const { looks, place } = await _looks(head);
  expect(await filesOf(looks, place)).toEqual(expected);
});

test.each([
  ['m/a.onnx', onnxModel(1), { isReadable: true }],
  ['m/a.gguf', Buffer.from('GGUF....'), { isReadable: false }],
  ['m/a.onnx', Buffer.from('text'), undefined],
  ['m/a.keras', Buffer.alloc(0), undefined],
])('%s is told by its bytes', async (path, content, expected) => {
  const { looks, place } = await _looks({ [path]: content });
  const detected = await looks.detect(place, 'head');
  if (expected) expect(detected).toMatchObject(expected);
  else expect(detected).toBeUndefined();
});

describe('in Git LFS', () => {
  const large = onnxModel(3);
  const small = { 'm/a.onnx': pointerTo(large) };

  test('bytes are fetched where they are looked into', async () => {
    const { looks, place } = await _looks(small, { lfs: [large] });
    expect(await filesOf(looks, place)).toEqual(['m/a.onnx']);
    expect(await looks.detect(place, 'head')).toMatchObject({ isReadable: true });
  });

  test('none are where they are saved', async () => {
    const { looks, place, calls } = await _looks(small, { savesLfs: true });
    expect(await filesOf(looks, place)).toEqual(['m/a.onnx']);
    expect(await looks.detect(place, 'head')).toMatchObject({ isReadable: true });
    expect(calls).toEqual(['blob m/a.onnx']);
  });

  test('but for a model that may have weights beside it', async () => {
    const head = { 'm/a.onnx': pointerTo(header), 'm/a.onnx.data': pointerTo(weights) };
    const { looks, place } = await _looks(head, { savesLfs: true, lfs: [Buffer.from(header)] });
    expect(await filesOf(looks, place)).toEqual(['m/a.onnx', 'm/a.onnx.data']);
  });

  test('a format that is not read is told by its name', async () => {
    const { looks, place } = await _looks({ 'm/a.pt': pointerTo(large) }, { savesLfs: true });
    expect(await looks.detect(place, 'head')).toMatchObject({ isReadable: false });
    expect(isUnread('m/a.onnx')).toBe(false);
  });
});

test('a configuration has a bound', async () => {
  const { looks } = await _looks({ 'm/a.onnx': 'x' });
  const file = { path: 'fettle.yml', blob: 'a'.repeat(40), bytes: CONFIG_MAX_BYTES + 1 };
  await expect(looks.text(file)).rejects.toMatchObject({ where: 'fettle.yml', exitCode: 2 });
});
