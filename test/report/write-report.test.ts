import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTempDir } from '../../shared/base/files.ts';
import { reportFiles, writeReport } from '../../shared/report/write-report.ts';
import { makeReport } from './make-report.ts';

test('both files lie in the folder, which is made, and nothing else', async () => {
  const folder = join(makeTempDir('report'), 'out');
  const files = await writeReport(makeReport(), folder);
  expect(files).toEqual(reportFiles(folder));
  expect(readdirSync(folder).sort()).toEqual(['report.html', 'report.json']);
  expect(JSON.parse(readFileSync(files.reportPath, 'utf8'))).toEqual(makeReport());
  expect(readFileSync(files.pagePath, 'utf8')).toContain('<!doctype html>');
});

test('a folder that is a file is a mistake that is told', async () => {
  const folder = join(makeTempDir('report'), 'out');
  writeFileSync(folder, '');
  await expect(writeReport(makeReport(), folder)).rejects.toMatchObject({ exitCode: 2 });
});
