import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { InputError } from '../../shared/base/errors.ts';
import { compareJobs } from '../../shared/pipeline/compare-jobs.ts';
import { resolveJob } from '../../shared/pipeline/job.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { EXAMPLES, inlineContext } from './inline-context.ts';

afterAll(closeSharedProcess);
const digits = join(EXAMPLES, 'digits.onnx');

test('changed, new, gone and broken models are one report, judged as one', async () => {
  const context = inlineContext({ measuresLatency: false });
  const broken = join(context.folder, 'broken.onnx');
  writeFileSync(broken, 'no model');
  const job = (name: string, source = digits) =>
    resolveJob({
      name,
      source,
      folder: EXAMPLES,
      settings: { variants: ['float32'], budget: { size: '+5%' } },
      where: String,
    });
  const report = await compareJobs(
    [
      { job: job('same'), base: { path: digits, shown: 'digits.onnx (main)' } },
      { job: job('new'), isNew: true },
      { job: job('old') },
      { removed: { name: 'gone', path: 'gone.onnx', bytes: 12 } },
      { job: job('broken', broken), isNew: true },
      {
        broken: { name: 'odd', shownSource: 'odd.onnx', ship: 'float32' },
        error: new InputError('no such metric'),
      },
    ],
    context,
    { base: { label: 'main', commit: 'a'.repeat(40) }, head: { label: 'change' } },
  );
  expect(report.comparison).toMatchObject({ kind: 'models', base: { label: 'main' } });
  expect(report.models.map(({ name, change, verdict }) => [name, change, verdict])).toEqual([
    ['same', 'changed', 'ok'],
    // Its float32 form is the base: nothing grew.
    ['new', 'added', 'ok'],
    ['old', 'unchanged', 'ok'],
    ['gone', 'removed', 'ok'],
    ['broken', 'added', 'failed'],
    ['odd', undefined, 'failed'],
  ]);
  expect(report.models[4]).toMatchObject({ code: 2, reason: expect.any(String) });
  expect(report.models[3]?.source).toMatchObject({ path: 'gone.onnx', bytes: 12 });
  expect(report.verdict).toBe('failed');
});

test('what is made of a model that is compared with nothing goes where it is wanted', async () => {
  const context = inlineContext({ measuresLatency: false });
  const job = resolveJob({
    name: 'alone',
    source: digits,
    folder: EXAMPLES,
    settings: { variants: ['float32'] },
    where: String,
  });
  const made: string[] = [];
  const report = await compareJobs(
    [{ job }],
    context,
    { head: { label: 'main' } },
    {
      place: async ({ builds }) => {
        made.push(...builds.map(({ variant }) => variant));
        return new Map(
          builds.map((build) => [build, { path: 'a.onnx', sha256: 'ab'.repeat(32), bytes: 1 }]),
        );
      },
    },
  );
  expect(made).toEqual(['float32']);
  expect(report.models[0]?.variants[0]?.artifact).toMatchObject({ path: 'a.onnx' });
});

test('where nothing is compared with, variants are judged beside their own float32 form', async () => {
  const models = [{ removed: { name: 'gone', path: 'gone.onnx' } }];
  const report = await compareJobs(models, inlineContext({ measuresLatency: false }), {
    head: { label: 'head' },
  });
  expect(report.comparison).toEqual({ kind: 'variants', head: { label: 'head' } });
});
