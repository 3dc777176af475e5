import { readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { SYNTHETIC_RULES } from '../../../shared/measure/data/synthetic.ts';
import { float32Tensor } from '../../../shared/onnx/make-tensor.ts';
import type { Model } from '../../../shared/onnx/model.ts';
import { float16PlanStep } from '../../../shared/pipeline/steps/float16-plan.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { largeModel, storeLarge } from '../_large-model.ts';
import { inlineContext } from '../inline-context.ts';

afterAll(closeSharedProcess);

const context = inlineContext();
const { store, folder } = context;
const executor = context.openExecutor({ sources: {} });

async function planOf(model: Model) {
  const split = await store.putBytes(
    JSON.stringify({ calibration: { source: 'all', indices: [0, 1] } }),
  );
  const { output } = await executor.execute(float16PlanStep, {
    model: await storeLarge({ store, tempDir: folder }, model),
    ...{ variant: 'float16', hardware: 'x64', seed: 0, split },
    data: { synthetic: { rules: SYNTHETIC_RULES, samples: 2, seed: 0, shapes: {} } },
  });
  return output;
}

it('stores what becomes float16, by the samples too', async () => {
  const output = await planOf(largeModel(1));
  if (output.status !== 'planned') throw new Error(output.reason);
  expect(output).toMatchObject({ notes: [], keptInFloat: [] });
  expect(float16PlanStep.blobs(output)).toEqual([output.plan]);
  const plan: unknown = JSON.parse(readFileSync(await store.pathOf(output.plan), 'utf8'));
  expect(plan).toMatchObject({ schema: expect.stringMatching(/^fettle\.float16-plan/) });
});

it('keeps as an answer that nothing can be', async () => {
  const { graph, ...rest } = largeModel(0);
  // Sums of 96 products leave float16 for any samples.
  const weights = float32Tensor('narrow', [96, 64], new Float32Array(96 * 64).fill(60_000));
  const output = await planOf({
    ...rest,
    graph: {
      ...graph,
      nodes: graph.nodes.filter(({ opType }) => opType === 'MatMul'),
      inputs: graph.inputs.map((value) => ({ ...value, name: 'sum' })),
      initializers: new Map([['narrow', weights]]),
    },
  });
  expect(output).toMatchObject({
    status: 'skipped',
    code: 3,
    reason: expect.stringContaining('on the calibration data'),
  });
});

it('asks for a disk that holds the model and its copy', () => {
  expect(float16PlanStep.estimate({ bytes: 3e9 }).diskBytes).toBe(6e9);
});
