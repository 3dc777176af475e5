import { afterAll, expect, it } from 'vitest';
import { weightsLayoutStep } from '../../../shared/pipeline/steps/weights-layout.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { largeModel, storeLarge } from '../_large-model.ts';
import { inlineContext } from '../inline-context.ts';

afterAll(closeSharedProcess);

const context = inlineContext();
const executor = context.openExecutor({ sources: {} });
const parts = { bytes: 1 << 16, chunk: 1 << 14 };

async function layOut(variant: string, model = largeModel(), opset?: number) {
  const stored = await storeLarge({ store: context.store, tempDir: context.folder }, model);
  const input = { model: stored, variant, hardware: 'x64' as const, parts };
  const { output } = await executor.execute(weightsLayoutStep, {
    ...input,
    ...(opset !== undefined && { opset }),
  });
  return { stored, output, reads: weightsLayoutStep.reads?.(input) };
}

it('says what is to be made, and asks for nothing of the weights', async () => {
  const { stored, output, reads } = await layOut('int8-weights');
  const [data] = stored.external ?? [];
  expect(reads).toEqual(new Map([[data?.digest, []]]));
  if (output.status !== 'laid-out') throw new Error(output.status);
  expect(output.files.map(({ file }) => file)).toEqual(['model']);
  expect(output.description).toBe('7 MatMul in 8 bits');
  expect(weightsLayoutStep.blobs(output)).toEqual([output.plan]);
});

it('keeps as an answer that there is nothing to do', async () => {
  const { nodes, ...rest } = largeModel().graph;
  const added = nodes.filter(({ opType }) => opType === 'Add');
  const model = { ...largeModel(), graph: { ...rest, nodes: added } };
  const { output } = await layOut('int8-weights', model);
  expect(output).toMatchObject({ status: 'skipped', code: 3 });
});
