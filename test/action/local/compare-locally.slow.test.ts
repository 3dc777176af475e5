import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { ModelChange } from '../../../action/changes/model-change.ts';
import { compareLocally } from '../../../action/local/compare-locally.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { EXAMPLES } from '../../pipeline/inline-context.ts';

const actionPath = fileURLToPath(new URL('../../../', import.meta.url));
const at = (path: string) => ({ path, blob: 'b', bytes: 1 });
const filesOf = (path: string) => ({ path, files: [at(path)] });
const change = (changes: Partial<ModelChange>): ModelChange => ({
  name: 'digits',
  status: 'changed',
  isConfigured: true,
  settings: { variants: ['int8'], seconds: '1 s', data: { all: { path: 'test.npz' } } },
  folder: '',
  data: [],
  ...changes,
});

/** Both states of a repository with the digits model. */
function states() {
  const root = makeTempDir('states');
  const [headRoot, baseRoot] = [join(root, 'head'), join(root, 'base')];
  for (const folder of [headRoot, baseRoot]) {
    mkdirSync(folder);
    copyFileSync(join(EXAMPLES, 'digits.onnx'), join(folder, 'digits.onnx'));
  }
  copyFileSync(join(EXAMPLES, 'test.npz'), join(headRoot, 'test.npz'));
  writeFileSync(join(headRoot, 'broken.onnx'), 'no model');
  const lines: string[] = [];
  return {
    lines,
    options: {
      headRoot,
      baseRoot,
      actionPath,
      isTrusted: true,
      toolCache: join(root, 'cache'),
      temp: join(root, 'temp'),
      out: join(root, 'out'),
      log: (line: string) => void lines.push(line),
      keepsArtifacts: false,
      comparison: { base: { label: 'main', commit: 'a'.repeat(40) }, head: { label: 'change' } },
    },
  };
}

test('changed, gone and broken models are measured in another process, with a page', async () => {
  const { lines, options } = states();
  const digits = filesOf('digits.onnx');
  const { report, reportPath, pagePath } = await compareLocally({
    ...options,
    changes: [
      change({ base: digits, head: digits }),
      change({ name: 'gone', status: 'deleted', base: digits }),
      change({ name: 'broken', status: 'added', head: filesOf('broken.onnx') }),
    ],
  });
  expect(report.comparison).toMatchObject({ kind: 'models', base: { label: 'main' } });
  const [first, gone, broken] = report.models;
  expect(first?.variants.map(({ name, status }) => [name, status])).toEqual([
    ['model', 'done'],
    ['int8', 'done'],
  ]);
  const [model] = first?.variants ?? [];
  expect(model).toMatchObject({
    size: { bytes: 36193, base: 36193 },
    accuracy: { difference: 0, verdict: 'same' },
    latency: { ratio: expect.any(Number), sessions: expect.any(Number) },
  });
  expect(gone).toMatchObject({ change: 'removed', source: { bytes: 1 } });
  expect(broken).toMatchObject({ change: 'added', verdict: 'failed', code: 2 });
  expect(JSON.stringify(report)).not.toContain(options.headRoot);
  expect(JSON.parse(readFileSync(reportPath, 'utf8'))).toEqual(report);
  expect(readFileSync(pagePath, 'utf8')).toContain('<!doctype html>');
  expect(lines.join('\n')).toMatch(/digits: \d+ steps/);
});

test('what stops the process itself is said', async () => {
  const { options } = states();
  const out = join(options.toolCache, 'out');
  writeFileSync(options.toolCache, 'a file where the report should be');
  const run = compareLocally({ ...options, out, changes: [] });
  await expect(run).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(out) });
});
