import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { printReport } from '../../shared/cli/print-report.ts';
import type { Report } from '../../shared/report/schema.ts';

const report: Report = {
  schema: 'fettle.report/1',
  tool: { name: 'fettle', version: '0', runtime: 'r' },
  machine: { cpu: 'c', features: [], cores: 1 },
  startedAt: '2026-01-01T00:00:00Z',
  seconds: 1,
  verdict: 'regressed',
  models: [],
};

test('JSON or table, and the code of the verdict', () => {
  const stdout = new PassThrough();
  const environment = { stdout, stderr: new PassThrough(), cwd: '.', env: {} };
  expect(printReport(report, environment, { json: true })).toBe(1);
  expect(JSON.parse(String(stdout.read()))).toEqual(report);
  expect(printReport({ ...report, verdict: 'ok' }, environment, {})).toBe(0);
});
