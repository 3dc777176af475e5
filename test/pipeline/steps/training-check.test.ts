import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseModel } from '../../../shared/onnx/text.ts';
import { storeModel } from '../../../shared/pipeline/artifact.ts';
import { trainingCheckStep } from '../../../shared/pipeline/steps/training-check.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { trainingWork } from '../_training-work.ts';
import { EXAMPLES } from '../inline-context.ts';

afterAll(closeSharedProcess);

test('labels are classes of the output; a teacher stands beside them or alone', async () => {
  const work = await trainingWork();
  expect(work.loss).toMatchObject({ kind: 'classes', output: 'output_0' });
  expect(work.count).toBe(461);
  const teacher = work.prepared.model;
  const input = { model: work.form, teacher, samples: work.data, temperature: 3 };
  const both = await trainingCheckStep.run(input, work.tools());
  expect(both).toMatchObject({
    status: 'done',
    loss: { kind: 'teacher', temperature: 3, hard: 0.5, labels: { kind: 'classes' } },
    counts: { training: 461, validation: 51 },
  });
  const alone = await trainingCheckStep.run(
    { ...input, samples: { ...work.data, usesLabels: false } },
    work.tools(),
  );
  expect(alone).toMatchObject({ loss: { kind: 'teacher', hard: 0 } });
});

test('a finished model of an old opset is looked at as it will be trained', async () => {
  const work = await trainingWork();
  const old = parseModel(`<ir_version: 7, opset_import: ["": 12]>
    g (float[N,8,8,1] image) => (float[N,10] output_0)
    <float[64,10] w = {${Array.from({ length: 640 }, (_, at) => (at % 7) / 100)}}>
    { flat = Flatten (image) logits = MatMul (flat, w) output_0 = Softmax (logits) }`);
  const model = await storeModel(old, work.tools());
  expect(
    await trainingCheckStep.run({ model, teacher: model, samples: work.data }, work.tools()),
  ).toMatchObject({ status: 'done', loss: { kind: 'teacher', labels: { kind: 'classes' } } });
});

test('without samples to train on it says how to give them', async () => {
  const work = await trainingWork();
  const bare = join(work.context.folder, 'split.json');
  writeFileSync(bare, JSON.stringify({ evaluation: { source: 'evaluation', indices: [0] } }));
  const split = await work.context.store.putFile(bare);
  const samples = { ...work.data, split };
  await expect(
    trainingCheckStep.run({ model: work.form, samples }, work.tools()),
  ).rejects.toMatchObject({ exitCode: 2, hint: expect.stringContaining('--training FILE') });
  expect(EXAMPLES).toContain('digits');
});
