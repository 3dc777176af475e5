import { expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import {
  ExecutionKeys,
  FIRST_ROUND,
  filesBeside,
  MAX_ROUNDS,
  maxRounds,
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

it('finds what lies beside a model of the user’s, in its folder', async () => {
  const execution = await executionOf(digitsJob());
  const { given } = execution.identified;
  const digest = given.artifact.digest;
  const beside = `sha256:${'b'.repeat(64)}` as typeof digest;
  const artifact = { ...given.artifact, external: [{ location: 'w/x.data', digest: beside }] };
  const place = (path: string) => ({ bucket: 'inbox', key: `team/${path}`, path });
  const withFiles = (...paths: string[]) =>
    filesBeside({
      ...execution,
      identified: { ...execution.identified, given: { ...given, artifact } },
      sources: { [digest]: { entry: 'm/model.onnx', files: paths.map(place) } },
    });
  expect(withFiles('m/model.onnx', 'w/x.data', 'm/w/x.data')).toEqual(
    new Map([[beside, place('m/w/x.data')]]),
  );
  expect(withFiles('m/model.onnx')).toEqual(new Map());
});

it('a job that trains may take a round an epoch, and comes to an end all the same', () => {
  expect(maxRounds(digitsJob({ variants: ['int8'] }))).toBe(MAX_ROUNDS);
  const of = (epochs: number) => maxRounds(digitsJob({ variants: ['slim-50'], train: { epochs } }));
  expect(of(100)).toBeGreaterThan(MAX_ROUNDS + 300);
  expect(of(300)).toBeLessThan(2500);
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
