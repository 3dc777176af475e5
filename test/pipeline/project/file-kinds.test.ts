import { expect, test } from 'vitest';
import {
  isDataFolder,
  mayBeData,
  mayBeModel,
  mayBeModelFolder,
} from '../../../shared/pipeline/project/file-kinds.ts';

test.each([
  ['a.onnx', 'model'],
  ['A.KERAS', 'model'],
  ['saved_model.pb', 'model'],
  ['x.npz', 'data'],
  ['x.CSV', 'data'],
  ['onnx', 'neither'],
  ['readme.md', 'neither'],
  ['labels.json', 'neither'],
])('%s: %s', (name, kind) => {
  expect([mayBeModel(name), mayBeData(name)]).toEqual([kind === 'model', kind === 'data']);
});

test('folders', () => {
  expect(['saved_model.pb', 'model.json', 'model.onnx'].map(mayBeModelFolder)).toEqual([
    true,
    true,
    false,
  ]);
  expect(['data', 'Datasets', 'mydata', 'models'].map(isDataFolder)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
