import { expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { readRunReport } from '../../../shared/pipeline/distributed/run-report.ts';
import { makeReport } from '../../report/make-report.ts';
import { FolderObjects } from './_folder-objects.ts';

const read = async (text: string | undefined) => {
  const objects = new FolderObjects(makeTempDir('test'));
  if (text !== undefined) await objects.put('r/report.json', text);
  return readRunReport(objects, 'r');
};

it('a report is read, of this schema or of a later one that holds as much', async () => {
  const report = makeReport();
  expect(await read(JSON.stringify(report))).toEqual({ kind: 'report', report });
  const later = { ...report, schema: 'fettle.report/2', more: [1] };
  expect(await read(JSON.stringify(later))).toEqual({ kind: 'report', report });
});

it.each([
  ['of a schema with another form', '{"schema":"fettle.report/9"}'],
  ['of something else', '{"schema":"fettle.plan/1"}'],
  ['that is no JSON', '{'],
])('one %s is not understood, and that is no failure', async (_, text) => {
  expect(await read(text)).toEqual({ kind: 'unread' });
});

it('there may be none', async () => {
  expect(await read(undefined)).toEqual({ kind: 'none' });
});
