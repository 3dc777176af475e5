import { readFile } from 'node:fs/promises';
import { afterAll, expect, test } from 'vitest';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { floatValues } from '../../../shared/onnx/tensor-data.ts';
import { artifactPath } from '../../../shared/pipeline/artifact.ts';
import { pruneApplyStep } from '../../../shared/pipeline/steps/prune-apply.ts';
import { prunePlanStep } from '../../../shared/pipeline/steps/prune-plan.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { trainingWork } from '../_training-work.ts';

afterAll(closeSharedProcess);

test('weights of the plan are zero; channels of the plan are gone', async () => {
  const work = await trainingWork();
  const after = async (removal: Parameters<typeof prunePlanStep.run>[0]['removal']) => {
    const input = { model: work.form, removal, samples: work.data };
    const planned = await prunePlanStep.run(input, work.tools());
    if (planned.status !== 'planned') throw new Error(planned.reason);
    const { plan } = planned;
    const made = await pruneApplyStep.run({ model: work.form, plan }, work.tools());
    using opened = openModel(await artifactPath(made, work.tools()));
    const large = [...opened.model.graph.initializers.values()].filter(
      ({ type, dims }) => type === 'float32' && dims.length >= 2,
    );
    const values = large.map((tensor) => floatValues(tensor));
    const count = values.reduce((sum, own) => sum + own.length, 0);
    const zeros = values.reduce((sum, own) => sum + own.filter((one) => one === 0).length, 0);
    const { zeros: listed = 0 } = JSON.parse(
      await readFile(await work.context.store.pathOf(plan), 'utf8'),
    );
    return { bytes: made.bytes, count, zeros, planned: listed };
  };
  const pruned = await after({ kind: 'pruned', percent: 80 });
  expect(pruned.zeros).toBe(pruned.planned);
  expect(pruned.zeros).toBeGreaterThan(0.6 * pruned.count);
  const slim = await after({ kind: 'slim', percent: 50 });
  expect(slim.count).toBeLessThan(0.6 * pruned.count);
  expect(slim.bytes).toBeLessThan(work.form.bytes);
});

test('what is no plan is refused', async () => {
  const work = await trainingWork();
  const plan = await work.context.store.putBytes('{}');
  await expect(pruneApplyStep.run({ model: work.form, plan }, work.tools())).rejects.toMatchObject({
    exitCode: 70,
  });
});
