import { expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import {
  ExecutionKeys,
  FIRST_ROUND,
  readExecution,
  readResult,
  readRound,
} from '../../../shared/pipeline/distributed/execution.ts';
import { digitsJob } from '../inline-context.ts';
import { FolderObjects } from './_folder-objects.ts';
import { executionOf } from './_site.ts';

const keys = new ExecutionKeys('e');

it('an execution and its rounds come back as they were written', async () => {
  const objects = new FolderObjects(makeTempDir('test'));
  expect(await readExecution(objects, keys)).toBeUndefined();
  const execution = await executionOf(digitsJob({ data: { all: { path: 'test.npz' } } }));
  await objects.put(keys.job, JSON.stringify(execution));
  expect(await readExecution(objects, keys)).toEqual(JSON.parse(JSON.stringify(execution)));
  await objects.put(keys.round(3), JSON.stringify(FIRST_ROUND));
  expect(await readRound(objects, keys, 3)).toEqual(FIRST_ROUND);
  expect(await readRound(objects, keys, 4)).toBeUndefined();
});

it('everything of an execution lies below its own prefix, and nothing twice', () => {
  const all = [
    ...[keys.job, keys.error, keys.round(1), keys.manifest(1), keys.order('k'), keys.result('k')],
    ...[keys.blob('k', 0), keys.blob('k', 1), keys.failure('k')],
  ];
  expect(new Set(all).size).toBe(all.length);
  expect(all.filter((key) => !key.startsWith('work/e/'))).toEqual([]);
});

it.each(['', 'no json', '{}', '{"schema":"fettle.result/1","key":"k","status":"done"}'])(
  'a result that is none is none: %j',
  async (text) => {
    const objects = new FolderObjects(makeTempDir('test'));
    await objects.put(keys.result('k'), text);
    expect(await readResult(objects, keys.result('k'))).toBeUndefined();
  },
);
