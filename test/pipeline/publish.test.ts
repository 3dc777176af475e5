import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestFile } from '../../shared/base/digest.ts';
import { artifactName, placeCopies, publish } from '../../shared/pipeline/publish.ts';
import { reportFrame, runJobs } from '../../shared/pipeline/run-jobs.ts';
import { parseReport } from '../../shared/report/schema.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import {
  DIGITS_DATA,
  digitsJob,
  EXAMPLES,
  type InlineContext,
  inlineContext,
} from './inline-context.ts';

const LABELS = Array.from({ length: 450 }, (_, index) => index % 10);

let context: InlineContext;
let out: string;
beforeAll(async () => {
  context = inlineContext();
  out = join(context.folder, 'out');
  const metric = join(context.folder, 'score.mjs');
  writeFileSync(
    metric,
    'export const score = ({ output_0 }, label) => Number(output_0.data[label]);',
  );
  writeFileSync(join(context.folder, 'labels.json'), JSON.stringify(LABELS));
  const labels = join(context.folder, 'labels.json');
  const jobs = [
    digitsJob({
      data: { ...DIGITS_DATA, evaluation: { ...DIGITS_DATA.evaluation, labels }, metric },
      variants: ['float32'],
    }),
    digitsJob({ variants: ['float32'] }, 'none.onnx'),
  ];
  await runJobs(jobs, context, { folder: out, keepsGoing: true });
});
afterAll(closeSharedProcess);

const json = (name: string) => JSON.parse(readFileSync(join(out, name), 'utf8'));

test('artifacts, report, page and manifest, and nothing else', () => {
  expect(readdirSync(out).sort()).toEqual([
    'digits.float32.onnx',
    'manifest.json',
    'report.html',
    'report.json',
  ]);
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/i);
});

test('the manifest names every file with its digest, and what it was made from', async () => {
  const manifest = json('manifest.json');
  expect(manifest).toMatchObject({
    schema: 'fettle.manifest/1',
    tool: { name: 'fettle' },
    models: [
      {
        name: 'digits',
        seed: 0,
        inputs: {
          source: await digestFile(join(EXAMPLES, 'digits.onnx')),
          calibration: await digestFile(join(EXAMPLES, 'calibration.npz')),
          evaluation: await digestFile(join(EXAMPLES, 'test.npz')),
          'evaluation labels': await digestFile(join(context.folder, 'labels.json')),
          metric: await digestFile(join(context.folder, 'score.mjs')),
        },
      },
    ],
  });
  for (const { path, sha256, bytes } of manifest.files) {
    expect(await digestFile(join(out, path))).toBe(sha256);
    expect(readFileSync(join(out, path)).length).toBe(bytes);
  }
  expect(manifest.files.map(({ path }: { path: string }) => path).sort()).toEqual([
    'digits.float32.onnx',
    'report.html',
    'report.json',
  ]);
});

test('a model that cannot be opened is part of the report', () => {
  const report = parseReport(json('report.json'), 'report.json');
  expect(report.verdict).toBe('failed');
  expect(report.models[0]?.variants[0]?.artifact).toMatchObject({ path: 'digits.float32.onnx' });
  expect(report.models[1]).toMatchObject({
    name: 'none',
    reason: expect.stringContaining('does not exist'),
    code: 2,
    variants: [],
  });
});

test('a failure while writing leaves the old output and no parts', async () => {
  const folder = join(context.folder, 'blocked');
  mkdirSync(join(folder, 'report.html'), { recursive: true });
  writeFileSync(join(folder, 'manifest.json'), 'old');
  const frame = reportFrame(context, { startedAt: new Date().toISOString(), seconds: 0 });
  await expect(publish([], frame, folder, placeCopies(context.store))).rejects.toMatchObject({
    exitCode: 2,
  });
  expect(readFileSync(join(folder, 'manifest.json'), 'utf8')).toBe('old');
  // Not even `report.json`, whose place was free.
  expect(readdirSync(folder).sort()).toEqual(['manifest.json', 'report.html']);
});

test('names: variant, then hardware where there are several, then the target’s suffix', () => {
  const build = { variant: 'pruned-50+int8', hardware: 'arm64', target: 'ort' } as const;
  expect(artifactName('digits', build, true)).toBe('digits.pruned-50+int8.ort');
  expect(artifactName('digits', build, false)).toBe('digits.pruned-50+int8.arm64.ort');
});
