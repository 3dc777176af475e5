import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { makeTempDir } from '../../shared/base/files.ts';
import { compareToReport } from '../../shared/cli/compare-to-report.ts';

test('a model that is not there is an input error, before anything starts', async () => {
  const environment = {
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    cwd: makeTempDir('test'),
    env: { FETTLE_STORE: makeTempDir('test') },
  };
  await expect(
    compareToReport(
      environment,
      { quiet: true },
      { model: 'none.onnx', base: undefined, settings: {} },
    ),
  ).rejects.toMatchObject({ exitCode: 2 });
});

test('a relative budget needs a base', async () => {
  const environment = {
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    cwd: makeTempDir('test'),
    env: {},
  };
  const budget = { size: '-70%' };
  await expect(
    compareToReport(
      environment,
      { quiet: true },
      { model: 'm.onnx', base: undefined, settings: { budget } },
    ),
  ).rejects.toThrow(/size=-70% is relative, and there is no base/);
});
