import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reportRemoved } from '../../action/removed-only.ts';
import { makeTempDir } from '../../shared/base/files.ts';
import { parseReport } from '../../shared/report/schema.ts';

test('models that are gone are a report, and no regression', async () => {
  const out = join(makeTempDir('removed'), 'report');
  const files = [
    { path: 'm/a.onnx', blob: 'b', bytes: 130, lfs: { sha256: 'a'.repeat(64), bytes: 5000 } },
  ];
  const { report, reportPath, pagePath } = await reportRemoved(
    [
      {
        name: 'a',
        status: 'deleted',
        base: { path: 'm/a.onnx', files },
        isConfigured: false,
        settings: {},
        folder: '',
        data: [],
      },
    ],
    { base: { label: 'main' }, head: { label: '#1' } },
    out,
  );
  expect(report.verdict).toBe('ok');
  expect(report.models).toMatchObject([
    { name: 'a', change: 'removed', source: { path: 'm/a.onnx', bytes: 5000 } },
  ]);
  expect(parseReport(JSON.parse(readFileSync(reportPath, 'utf8')), reportPath)).toEqual(report);
  expect(readFileSync(pagePath, 'utf8')).toContain('m/a.onnx');
});
