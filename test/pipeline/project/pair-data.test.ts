import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { InputError, LimitError } from '../../../shared/base/errors.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { type FileAccess, LOCAL_FILES } from '../../../shared/onnx/file-access.ts';
import { pairData, pairModel } from '../../../shared/pipeline/project/pair-data.ts';
import { REPOSITORY } from '../../e2e/fettle.ts';

const EXAMPLE = join(REPOSITORY, 'examples/digits');
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 9\n`;
const onnx = (path: string) => ({
  path,
  format: 'onnx' as const,
  isReadable: true,
  isPointer: false,
});

let folder: string;
beforeAll(() => {
  folder = makeTempDir('pair');
  for (const part of ['a', 'b', 'c']) {
    mkdirSync(join(folder, part));
    cpSync(join(EXAMPLE, 'digits.onnx'), join(folder, part, 'digits.onnx'));
  }
  cpSync(join(EXAMPLE, 'test.npz'), join(folder, 'a/test.npz'));
  writeFileSync(join(folder, 'a/train.csv'), '1,2,3\n4,5,6\n');
  writeFileSync(join(folder, 'b/test.csv'), '1,2,3\n4,5,6\n');
  writeFileSync(join(folder, 'c/test.npz'), POINTER);
});

test('only data whose first sample the model takes', async () => {
  const models = ['a', 'b', 'c'].map((part) => onnx(`${part}/digits.onnx`));
  const data = ['a/test.npz', 'a/train.csv', 'b/test.csv', 'c/test.npz'];
  expect(await pairData({ models, data }, folder)).toEqual([
    { model: models[0], data: { all: 'a/test.npz' }, weights: [] },
    {
      model: models[1],
      data: {},
      weights: [],
      unfit: { path: 'b/test.csv', reason: expect.stringMatching(/^b\/test\.csv has no header/) },
    },
    // Its bytes are not here yet.
    { model: models[2], data: { all: 'c/test.npz' }, weights: [] },
  ]);
});

test('what cannot be opened is paired by name, other formats not at all', async () => {
  writeFileSync(join(folder, 'b/broken.onnx'), POINTER);
  const models = [
    { ...onnx('b/broken.onnx'), isReadable: true, isPointer: true },
    { path: 'b/x.pt2', format: 'pt2' as const, isReadable: false, isPointer: false },
  ];
  expect(await pairData({ models, data: ['b/test.csv'] }, folder)).toEqual([
    { model: models[0], data: { all: 'b/test.csv' }, weights: [] },
  ]);
});

test('one model alone', async () => {
  const data = ['a/test.npz', 'a/train.csv'];
  expect(await pairModel('a/digits.onnx', data, folder)).toEqual({ data: { all: 'a/test.npz' } });
  expect(await pairModel('b/broken.onnx', ['b/test.csv'], folder)).toEqual({
    data: { all: 'b/test.csv' },
  });
});

test('what cannot be known from afar is taken by its name', async () => {
  const away = (error: Error, path: string): FileAccess => ({
    ...LOCAL_FILES,
    open: (at, options) => {
      if (at.endsWith(path)) throw error;
      return LOCAL_FILES.open(at, options);
    },
    isHere: (at) => !at.endsWith(path),
  });
  const pair = (access: FileAccess, ...data: string[]) =>
    pairModel('a/digits.onnx', data, folder, access);
  const tooMuch = away(new LimitError('not found within so many bytes'), 'a/test.npz');
  expect(await pair(tooMuch, 'a/test.npz')).toEqual({ data: { all: 'a/test.npz' } });
  const unfit = away(new InputError('it is damaged'), 'a/test.npz');
  expect(await pair(unfit, 'a/test.npz')).toEqual({
    data: {},
    unfit: { path: 'a/test.npz', reason: 'it is damaged' },
  });
  // Read from its beginning to its end by those who take it.
  const text = away(new Error('it was opened'), 'b/test.csv');
  expect(await pairModel('b/digits.onnx', ['b/test.csv'], folder, text)).toEqual({
    data: { all: 'b/test.csv' },
  });
});
