import { expect, it } from 'vitest';
import { InputError } from '../../../shared/base/errors.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import {
  type ComparisonResult,
  comparisonOfRequest,
  comparisonRequestKey,
  readComparison,
  readComparisonResult,
  resultErrorOf,
  writeComparisonResult,
} from '../../../shared/pipeline/distributed/comparison.ts';
import { makeReport } from '../../report/make-report.ts';
import { FolderObjects } from './_folder-objects.ts';

const KEY = '0'.repeat(40);
const frame = { schema: 'fettle.comparison-result/1' } as const;
const failed = (attempt: number): ComparisonResult => ({
  ...frame,
  attempt,
  state: 'failed',
  error: { code: 4, message: 'm' },
});

it('the request tells the comparison from other jobs', () => {
  expect(comparisonOfRequest(comparisonRequestKey(KEY))).toBe(KEY);
  expect(comparisonOfRequest(`jobs/${KEY}.json`)).toBeUndefined();
});

it('a failure makes room for what comes later, a report for nothing', async () => {
  const objects = new FolderObjects(makeTempDir('test'));
  expect(await readComparison(objects, KEY)).toBeUndefined();
  expect(await readComparisonResult(objects, KEY)).toBeUndefined();
  await writeComparisonResult(objects, KEY, failed(1));
  await writeComparisonResult(objects, KEY, failed(2));
  expect(await readComparisonResult(objects, KEY)).toMatchObject({ attempt: 2 });
  const done: ComparisonResult = { ...frame, attempt: 3, state: 'done', report: makeReport() };
  await writeComparisonResult(objects, KEY, done);
  await writeComparisonResult(objects, KEY, failed(4));
  expect(await readComparisonResult(objects, KEY)).toMatchObject({ attempt: 3, state: 'done' });
});

it('errors say where, once', () => {
  const error = new InputError('cannot be read', { where: 'data.all', hint: 'do' });
  expect(resultErrorOf(error)).toEqual({
    code: 2,
    message: 'data.all: cannot be read',
    hint: 'do',
  });
  expect(resultErrorOf(new InputError('m.onnx is none', { where: 'm.onnx' }))).toEqual({
    code: 2,
    message: 'm.onnx is none',
  });
  expect(resultErrorOf(new TypeError('x'))).toEqual({ code: 70, message: 'x' });
});
