import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { numbersFor, reportFromNumbers } from '../../action/between-jobs.ts';
import type { ModelChange, RepositoryFile } from '../../action/changes/model-change.ts';
import { makeTempDir } from '../../shared/base/files.ts';
import { judgeReport } from '../../shared/report/gate.ts';

const file = (path: string, bytes: number): RepositoryFile => ({
  path,
  blob: String(bytes),
  bytes,
});
const change = (name: string, isConfigured: boolean): ModelChange => ({
  name,
  status: 'changed',
  base: { path: `m/${name}.onnx`, files: [file(`m/${name}.onnx`, 1000)] },
  head: { path: `m/${name}.onnx`, files: [file(`m/${name}.onnx`, 3000)] },
  isConfigured,
  settings: isConfigured ? { budget: { size: '2 kB' } } : {},
  folder: '',
  data: [],
});
const states = { base: 'b'.repeat(40), head: 'a'.repeat(40), trusted: 'base' } as const;

/** What the first job would report: a stranger's sentences included. */
const measured = judgeReport({
  tool: { name: 'fettle', version: '9', runtime: 'forged' },
  machine: { cpu: 'forged', features: [], cores: 2 },
  startedAt: '2026-01-01T00:00:00Z',
  seconds: 3,
  comparison: { kind: 'models' },
  notes: ['[click](http://evil)'],
  models: [
    {
      name: 'a',
      source: { path: 'm/a.onnx', format: 'onnx', verified: 'forged', bytes: 1 },
      data: { synthetic: true },
      variants: [
        {
          name: 'model',
          target: 'onnx',
          hardware: 'x64',
          status: 'done',
          notes: [],
          size: { bytes: 1, base: 1, ratio: 1 },
        },
      ],
    },
  ],
});

test('numbers go through, sentences and forged sizes do not', async () => {
  const folder = makeTempDir('between');
  const numbers = numbersFor({ report: measured, changes: [change('a', true)] });
  expect(numbers).not.toMatch(/forged|evil/);
  const {
    report,
    reportPath = '',
    changes,
  } = await reportFromNumbers(
    numbers,
    [change('a', true), change('sample', false)],
    states,
    folder,
  );
  expect(report).toMatchObject({
    verdict: 'regressed',
    comparison: { head: { commit: states.head } },
  });
  expect(report?.models[0]?.variants[0]?.size).toMatchObject({ bytes: 3000, base: 1000 });
  expect(changes.map(({ name }) => name)).toEqual(['a']);
  expect(JSON.parse(readFileSync(reportPath, 'utf8'))).toMatchObject({ schema: 'fettle.report/1' });
});

test('where nothing changed there are numbers of nothing', async () => {
  const folder = `${makeTempDir('between')}/none`;
  const numbers = numbersFor({ changes: [] });
  expect(await reportFromNumbers(numbers, [change('sample', false)], states, folder)).toEqual({
    changes: [],
  });
  expect(existsSync(folder)).toBe(false);
});

test('text that is no numbers is refused', async () => {
  await expect(reportFromNumbers('{"version":2}', [], states, '/none')).rejects.toMatchObject({
    exitCode: 2,
  });
});
