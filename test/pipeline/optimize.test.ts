import { afterAll, beforeAll, expect, test } from 'vitest';
import { optimizeModel } from '../../shared/pipeline/optimize.ts';
import { reportFrame } from '../../shared/pipeline/run-jobs.ts';
import { judgeReport } from '../../shared/report/gate.ts';
import { reportSchema } from '../../shared/report/schema.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { DIGITS_DATA, digitsJob, type InlineContext, inlineContext } from './inline-context.ts';

let context: InlineContext;
beforeAll(() => {
  context = inlineContext();
});
afterAll(closeSharedProcess);

const job = () =>
  digitsJob({
    data: { ...DIGITS_DATA },
    variants: ['float16'],
    targets: ['onnx', 'ort'],
    seconds: '10ms',
  });

test('a whole job gives a valid report with what was measured', async () => {
  const { draft } = await optimizeModel(job(), context);
  const report = judgeReport({
    ...reportFrame(context, { startedAt: new Date().toISOString(), seconds: 1 }),
    models: [draft(new Map())],
  });
  expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  const [model] = report.models;
  expect(model).toMatchObject({
    name: 'digits',
    data: { evaluation: 450, synthetic: false },
    source: {
      format: 'onnx',
      bytes: 36193,
      verified: expect.stringMatching(/^agrees within \S+ of onnxruntime on the source file$/),
    },
  });
  const rows = model?.variants ?? [];
  expect(rows.map(({ name, target }) => `${name}.${target}`)).toEqual([
    'float32.onnx',
    'float32.ort',
    'float16.onnx',
    'float16.ort',
  ]);
  expect(rows[0]).toMatchObject({
    status: 'done',
    accuracy: { metric: 'top1', value: 445 / 450, samples: 450 },
    latency: { sessions: expect.any(Number) },
  });
  // The base is compared with nothing, everything else with it.
  expect(rows[0]?.accuracy?.base).toBeUndefined();
  expect(rows[1]).toMatchObject({
    accuracy: { base: 445 / 450, difference: 0 },
    size: { base: rows[0]?.size?.bytes },
  });
  expect(rows[1]?.latency?.ratio).toBeGreaterThan(0);
  expect(rows.map(({ status }) => status)).toEqual(['done', 'done', 'done', 'done']);
});

test('a second run computes nothing again; measuring afresh runs measurements alone', async () => {
  context.ran.length = 0;
  await optimizeModel(job(), context);
  expect(context.ran).toEqual([]);
  await optimizeModel(job(), { ...context, remeasure: true });
  expect([...new Set(context.ran)].sort()).toEqual(['latency-group', 'memory']);
});

test('wrong data is thrown, not a row', async () => {
  const wrong = digitsJob({ data: { all: { path: 'none.npz' } }, variants: ['float16'] });
  await expect(optimizeModel(wrong, context)).rejects.toMatchObject({ exitCode: 2 });
});
