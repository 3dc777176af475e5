/** mode: aws against the emulated stack, beside the same comparison on this machine. */
import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, test, vi } from 'vitest';
import { openApi, uploadFile } from '../../../action/aws.ts';
import { compareInAws } from '../../../action/aws-mode/compare-in-aws.ts';
import { jobOf } from '../../../action/local/job-of.ts';
import { freshFolder } from '../../../scripts/functions/fresh-folder.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { compareJobs } from '../../../shared/pipeline/compare-jobs.ts';
import type { Report } from '../../../shared/report/schema.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { startStack } from '../../emulators/stack/start-stack.ts';
import { synthesize } from '../../emulators/stack/synthesize.ts';
import { EXAMPLES, inlineContext } from '../../pipeline/inline-context.ts';
import { changeOf } from './_change.ts';

afterAll(closeSharedProcess);
const root = makeTempDir('whole');
for (const side of ['base', 'head']) mkdirSync(join(root, side));
copyFileSync(join(EXAMPLES, 'digits.keras'), join(root, 'base', 'digits.keras'));
copyFileSync(join(EXAMPLES, 'digits.onnx'), join(root, 'head', 'digits.onnx'));
copyFileSync(join(EXAMPLES, 'test.npz'), join(root, 'head', 'test.npz'));

const at = (path: string, bytes: number) => ({ path, blob: 'b', bytes });
const settings = {
  variants: ['float16', 'int8-weights', 'int8'],
  ship: 'int8',
  budget: { accuracy: '-2pp', size: '-10%' },
  data: { all: { path: 'test.npz' } },
};
const comparison = { base: { label: 'main' }, head: { label: 'change' } };

/** What must not depend on where it was computed. */
const resultOf = ({ verdict, models }: Report) => ({
  verdict,
  models: models.map((model) => ({
    name: model.name,
    verdict: model.verdict,
    data: model.data,
    gates: model.gates,
    variants: model.variants.map((row) => [
      row.name,
      row.verdict,
      row.size,
      row.accuracy,
      row.fidelity,
    ]),
  })),
});

test('sizes, accuracies and verdicts are those of mode: local; the second time is instant', async () => {
  const template = await synthesize({ latency: false });
  await using stack = await startStack({ template, root: await freshFolder(), environments: 4 });
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', stack.lambda.endpoint);
  vi.stubEnv('AWS_REGION', stack.region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  const fileOf = (side: string, path: string) => at(path, statSync(join(root, side, path)).size);
  const filesOf = (side: string, path: string) => ({ path, files: [fileOf(side, path)] });
  const change = changeOf({
    settings,
    base: filesOf('base', 'digits.keras'),
    head: filesOf('head', 'digits.onnx'),
    data: [fileOf('head', 'test.npz')],
  });
  const uploads: string[] = [];
  const run = () =>
    compareInAws({
      changes: [change],
      comparison,
      out: join(root, 'out'),
      ask: openApi(stack.outputs.ApiFunction ?? ''),
      fetchFile: async (side, { path }) => join(root, side, path),
      upload: async (path, to, range) => {
        uploads.push(path);
        await uploadFile(path, to, range);
      },
      sleep: async (seconds) => {
        await pause(seconds * 1000);
      },
      log: () => {},
    });
  const { report } = await run();
  expect(uploads).toHaveLength(3);
  const started = performance.now();
  expect(resultOf((await run()).report)).toEqual(resultOf(report));
  expect(performance.now() - started).toBeLessThan(3000);
  expect(uploads).toHaveLength(3);

  const [headRoot, baseRoot] = [join(root, 'head'), join(root, 'base')];
  const model = {
    name: 'digits',
    source: 'digits.onnx',
    base: 'digits.keras',
    isNew: false,
    settings,
    folder: '',
    where: 'fettle.yml:3',
    candidates: [],
  };
  const job = await jobOf(model, { headRoot, baseRoot, isTrusted: true });
  const base = { path: join(baseRoot, 'digits.keras'), shown: 'digits.keras' };
  const context = inlineContext({ measuresLatency: false });
  const local = await compareJobs([{ job, base }], context, comparison);
  expect(resultOf(report)).toEqual(resultOf(local));
});
