import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compareInAws } from '../../../action/aws-mode/compare-in-aws.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { makeReport } from '../../report/make-report.ts';
import { changeOf, filesAt, portsOf } from './_change.ts';

const lfs = 'a'.repeat(64);
const comparison = { base: { label: 'main', commit: 'b'.repeat(40) }, head: { label: 'change' } };

test('models are one report, also those that are gone or were refused', async () => {
  const out = join(makeTempDir('aws'), 'out');
  const { ports } = portsOf([]);
  const { head: _, ...gone } = changeOf({ name: 'gone', status: 'deleted' });
  const { base: __, ...added } = changeOf({
    name: 'bad',
    status: 'added',
    settings: { ship: 'int8' },
  });
  const { report, reportPath, pagePath } = await compareInAws({
    ...ports,
    ask: async (message) =>
      message.action === 'compare' && message.name === 'bad'
        ? { state: 'failed', error: { code: 2, message: 'cut short', hint: 'Upload it again.' } }
        : { state: 'done', report: makeReport() },
    changes: [
      changeOf(),
      gone,
      added,
      changeOf({ name: 'moved', status: 'renamed', head: filesAt('n.onnx', lfs) }),
    ],
    comparison,
    out,
  });
  expect(report.models.map(({ name, change, verdict }) => [name, change, verdict])).toEqual([
    ['digits', 'changed', expect.any(String)],
    ['gone', 'removed', 'ok'],
    ['bad', 'added', 'failed'],
    ['moved', 'changed', expect.any(String)],
  ]);
  expect(report.models[1]?.source).toMatchObject({ path: 'digits.onnx', bytes: 5000 });
  expect(report.models[2]).toMatchObject({
    code: 2,
    ship: 'int8',
    reason: 'cut short. Upload it again.',
  });
  expect(report.comparison).toEqual({ kind: 'models', ...comparison });
  expect(JSON.parse(readFileSync(reportPath, 'utf8'))).toEqual(report);
  expect(readFileSync(pagePath, 'utf8')).toContain('<!doctype html>');
});

test('without a commit to compare with it is what the stack published, or measured', async () => {
  const out = join(makeTempDir('aws'), 'out');
  const { ports } = portsOf([]);
  const asked: string[] = [];
  const { base: _, ...published } = changeOf({ name: 'digits', status: 'unchanged' });
  const { base: __, ...fresh } = changeOf({ name: 'fresh', status: 'unchanged' });
  const { report } = await compareInAws({
    ...ports,
    ask: async (message) => {
      asked.push(`${message.action} ${'name' in message ? message.name : ''}`);
      return message.action === 'report' && message.name === 'fresh'
        ? { state: 'failed', error: { code: 2, message: 'there is no model "fresh"' } }
        : { state: 'done', report: makeReport() };
    },
    changes: [published, fresh],
    comparison: { head: comparison.head },
    out,
  });
  expect(asked.sort()).toEqual(['compare fresh', 'report digits', 'report fresh']);
  expect(report.models.map(({ name, change }) => [name, change])).toEqual([
    ['digits', undefined],
    ['fresh', undefined],
  ]);
  expect(report.comparison?.kind).toBe('variants');
});

test('when the function cannot be asked there is no report', async () => {
  const out = join(makeTempDir('aws'), 'out');
  const { ports } = portsOf([]);
  const ask = () => Promise.reject(new Error('no credentials'));
  await expect(
    compareInAws({ ...ports, ask, changes: [changeOf()], comparison, out }),
  ).rejects.toThrow('no credentials');
});
