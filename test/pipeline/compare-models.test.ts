import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { editModel } from '../../shared/onnx/edit-model.ts';
import { openModel } from '../../shared/onnx/read-model.ts';
import { encodeModel, writeModel } from '../../shared/onnx/write-model.ts';
import { compareModels } from '../../shared/pipeline/compare-models.ts';
import { resolveJob } from '../../shared/pipeline/job.ts';
import { judgeReport } from '../../shared/report/gate.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { EXAMPLES, inlineContext } from './inline-context.ts';

afterAll(closeSharedProcess);
const context = inlineContext();
const { folder } = context;
const digits = join(EXAMPLES, 'digits.onnx');
const job = (source: string) =>
  resolveJob({
    source,
    folder,
    settings: {
      data: { all: { path: join(EXAMPLES, 'test.npz') } },
      variants: ['float32'],
      seconds: '10ms',
    },
    where: String,
  });

test('alone: size, latency, accuracy, and nothing compared', async () => {
  const { models, comparison } = await compareModels(job(digits), undefined, context);
  expect(comparison).toBeUndefined();
  const [row] = models[0]?.variants ?? [];
  expect(row).toMatchObject({
    name: 'model',
    size: { bytes: 36193 },
    latency: { ms: expect.any(Number) },
    accuracy: { metric: 'top1' },
  });
  expect(row).not.toHaveProperty('fidelity');
  expect(row?.accuracy?.base).toBeUndefined();
});

test('a model of another format alone: its conversion is not claimed to be proved', async () => {
  const tflite = resolveJob({
    source: 'test/fixtures/tensorflow/digits_cnn/model_f32.tflite',
    folder: process.cwd(),
    settings: { variants: ['float32'], seconds: '10ms' },
    where: String,
  });
  const { models } = await compareModels(tflite, undefined, context);
  expect(models[0]?.source).toMatchObject({ format: 'tflite', verified: 'not verified' });
});

test('a model that guesses is regressed against its base', async () => {
  using opened = openModel(digits);
  // The last weights at zero: every class gets the same probability.
  const broken = editModel(opened.model, (graph) => {
    for (const [name, tensor] of graph.initializers) {
      if (tensor.type === 'float32' && tensor.dims.at(-1) === 10)
        graph.setInitializer(name, {
          ...tensor,
          storage: {
            kind: 'memory',
            bytes: new Uint8Array(tensor.dims.reduce((a, b) => a * b, 4)),
          },
        });
    }
  }).model;
  const path = join(folder, 'broken.onnx');
  writeModel(broken, path);
  const report = judgeReport(
    await compareModels(job(path), { path: digits, shown: 'digits.onnx' }, context),
  );
  expect(report.comparison).toMatchObject({ kind: 'models', base: { label: 'digits.onnx' } });
  expect(report.verdict).toBe('regressed');
  expect(report.models[0]?.variants[0]).toMatchObject({ accuracy: { verdict: 'worse' } });
});

test('models of different interfaces are not compared', async () => {
  using opened = openModel(digits);
  const { model } = opened;
  const renamed = {
    ...model,
    graph: {
      ...model.graph,
      nodes: model.graph.nodes.map((one) => ({
        ...one,
        inputs: one.inputs.map((name) => (name === 'image' ? 'picture' : name)),
      })),
      inputs: model.graph.inputs.map((info) => ({ ...info, name: 'picture' })),
    },
  };
  const path = join(folder, 'renamed.onnx');
  writeFileSync(path, encodeModel(renamed));
  copyFileSync(digits, join(folder, 'd.onnx'));
  await expect(
    compareModels(job(path), { path: join(folder, 'd.onnx'), shown: 'd.onnx' }, context),
  ).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('image against picture'),
  });
});
