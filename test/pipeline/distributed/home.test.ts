import { expect, test } from 'vitest';
import {
  homeOf,
  isPartOfSavedModel,
  keysThatTellHome,
  modelFolderOf,
} from '../../../shared/pipeline/distributed/home.ts';

const KEYS = new Set([
  'team/a.onnx',
  'team/saved/saved_model.pb',
  'team/saved/assets/model.json',
  'team/web/model.json',
  'saved_model.pb',
  'project/fettle.yml',
  'project/part/fettle.yaml',
]);

test.each([
  ['a.onnx', ''],
  ['team/a.onnx', 'team/'],
  ['team/data/test.npz', 'team/'],
  ['team/data/images/cat/1.png', 'team/'],
  ['Datasets/x.npz', ''],
  ['team/other/b.onnx', 'team/other/'],
  // Models that are folders, and what lies in them.
  ['team/saved/saved_model.pb', 'team/'],
  ['team/saved/variables/variables.index', 'team/'],
  ['team/saved/assets/model.json', 'team/'],
  ['team/saved/data/test.npz', 'team/'],
  ['team/web/group1-shard1of1.bin', 'team/'],
  ['variables/variables.index', ''],
  // A configuration takes everything below it, up to the next one.
  ['project/fettle.yml', 'project/'],
  ['project/models/deep/a.onnx', 'project/'],
  ['project/images/cat/1.png', 'project/'],
  ['project/data/x.npz', 'project/'],
  ['project/part/m/a.onnx', 'project/part/'],
])('%s belongs to "%s"', (key, home) => {
  const asked: string[] = [];
  const isThere = (one: string) => {
    asked.push(one);
    return KEYS.has(one);
  };
  expect(homeOf(key, isThere)).toBe(home);
  const announced = keysThatTellHome(key);
  expect(asked.filter((one) => !announced.includes(one))).toEqual([]);
});

test('the model folder of a file', () => {
  const isThere = (key: string) => KEYS.has(key);
  expect(modelFolderOf('team/saved/variables/x', isThere)).toBe('team/saved/');
  expect(modelFolderOf('team/saved/assets/model.json', isThere)).toBe('team/saved/');
  expect(modelFolderOf('x.npz', isThere)).toBe('');
  expect(modelFolderOf('other/x.npz', isThere)).toBeUndefined();
  expect(modelFolderOf('team/a.onnx', (key) => key === 'other/model.json')).toBeUndefined();
});

test.each([
  ['s/fingerprint.pb', true],
  ['s/saved_model.pb', true],
  ['s/variables/variables.index', true],
  ['s/assets/deep/vocab.csv', true],
  ['s/test.npz', false],
  ['s/sub/variables/x', false],
  ['other/variables/x', false],
])('%s is a part of the SavedModel in s/: %s', (key, expected) => {
  expect(isPartOfSavedModel(key, 's/')).toBe(expected);
});
