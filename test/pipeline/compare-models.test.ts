import { copyFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { editModel } from '../../shared/onnx/edit-model.ts';
import { openModel } from '../../shared/onnx/read-model.ts';
import { encodeModel, writeModel } from '../../shared/onnx/write-model.ts';
import { compareModels } from '../../shared/pipeline/compare-models.ts';
import { resolveJob } from '../../shared/pipeline/job.ts';
import { renamePorts } from '../../shared/pipeline/rename-ports.ts';
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

const TENSORFLOW = 'test/fixtures/tensorflow/digits_cnn';
const tensorflow = (name: string) =>
  resolveJob({
    source: `${TENSORFLOW}/${name}`,
    folder: process.cwd(),
    settings: { variants: ['float32'], seconds: '10ms' },
    where: String,
  });

test('a model of another format is proved, alone and as a base; outputs are matched by position', async () => {
  const keras = join(TENSORFLOW, 'model.keras');
  const { models } = await compareModels(
    tensorflow('model_f32.tflite'),
    { path: resolve(keras), shown: 'model.keras' },
    context,
  );
  const [model] = models;
  expect(model?.source).toMatchObject({ format: 'tflite', agrees: true });
  expect(model?.source.verified).toMatch(/^agrees within \S+ of LiteRT/);
  expect(model?.base).toMatchObject({ format: 'keras', agrees: true, bytes: 90680 });
  expect(model?.base?.verified).toMatch(/^agrees within \S+ of TensorFlow\.js/);
  expect(model?.notes).toEqual([
    expect.stringMatching(/^outputs of .* by position: Identity is taken for probs$/),
  ]);
  expect(model?.outputs?.map(({ name }) => name)).toEqual(['probs']);
  expect(model?.variants[0]).toMatchObject({
    size: { base: 90680 },
    fidelity: { agreement: 1, synthetic: true },
  });
});

test('a conversion without a runtime at hand is not verified, and the reason is a note', async () => {
  const { models } = await compareModels(tensorflow('frozen.pb'), undefined, context);
  const [model] = models;
  const isProved = model?.source.agrees === true;
  // Where TensorFlow itself is installed it is proved.
  if (!isProved) expect(model?.source.verified).toBe('not verified');
  expect(model?.notes ?? []).toHaveLength(isProved ? 0 : 1);
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

const renamedDigits = (shape: readonly (number | string)[]) => {
  using opened = openModel(digits);
  const { model } = opened;
  const path = join(folder, `renamed-${shape.at(-1)}.onnx`);
  const renamed = renamePorts(model, { inputs: { image: 'picture' }, outputs: {} });
  const inputs = renamed.graph.inputs.map((info) => ({
    ...info,
    type: { kind: 'tensor', elementType: 'float32', shape } as const,
  }));
  writeFileSync(path, encodeModel({ ...renamed, graph: { ...renamed.graph, inputs } }));
  return path;
};

test('ONNX models whose inputs differ in nothing but names are compared', async () => {
  copyFileSync(digits, join(folder, 'd.onnx'));
  const base = { path: join(folder, 'd.onnx'), shown: 'd.onnx' };
  const { models } = await compareModels(job(renamedDigits(['n', 8, 8, 1])), base, context);
  expect(models[0]?.variants[0]).toMatchObject({ fidelity: { maxAbsError: 0 } });
  expect(models[0]?.notes?.[0]).toMatch(/by position: picture is taken for image/);
  const other = compareModels(job(renamedDigits(['n', 64])), base, context);
  await expect(other).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/image float32 \[.*against .*picture float32 \[n, 64\]/),
    hint: expect.stringMatching(/--inputs/),
  });
});

test('variants are made of both and compared with each other', async () => {
  const path = join(folder, 'base.onnx');
  copyFileSync(digits, path);
  const asked = resolveJob({
    source: digits,
    folder,
    settings: {
      data: { all: { path: join(EXAMPLES, 'test.npz') } },
      variants: ['int8-weights', 'int4'],
      ship: 'int8-weights',
      budget: { accuracy: '-1pp' },
      seconds: '10ms',
    },
    where: String,
  });
  const base = { path, shown: 'base.onnx' };
  const { models } = judgeReport(await compareModels(asked, base, context));
  const [model] = models;
  expect(model?.ship).toBe('int8-weights');
  expect(model?.budgets).toEqual({ 'int8-weights': { accuracy: '-1pp' } });
  const [plain, int8, int4] = model?.variants ?? [];
  expect(plain).toMatchObject({ name: 'model', size: { bytes: 36193, base: 36193 } });
  expect(int8).toMatchObject({
    name: 'int8-weights',
    status: 'done',
    size: { ratio: 1 },
    latency: { ratio: expect.any(Number) },
    accuracy: { difference: 0, verdict: 'same' },
    fidelity: { maxAbsError: 0 },
  });
  expect(int8?.size?.bytes).toBeLessThan(20_000);
  expect(int4).toMatchObject({ name: 'int4', status: 'skipped' });
  expect(model?.gates).toMatchObject([{ variant: 'int8-weights', metric: 'accuracy' }]);
});
