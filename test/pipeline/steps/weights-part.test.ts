import { readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { weightsLayoutStep } from '../../../shared/pipeline/steps/weights-layout.ts';
import {
  type WeightsPartInput,
  weightsPartStep,
} from '../../../shared/pipeline/steps/weights-part.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { storeLarge } from '../_large-model.ts';
import { inlineContext } from '../inline-context.ts';

afterAll(closeSharedProcess);

const context = inlineContext();
const executor = context.openExecutor({ sources: {} });

async function firstPart(): Promise<WeightsPartInput> {
  const model = await storeLarge({ store: context.store, tempDir: context.folder });
  const parts = { bytes: 1 << 14, chunk: 1 << 14 };
  const { output } = await executor.execute(weightsLayoutStep, {
    ...{ model, variant: 'int4', hardware: 'x64' as const, parts },
  });
  if (output.status !== 'laid-out' || !output.plan) throw new Error(output.status);
  const piece = output.files[0]?.pieces.findLast(({ kind }) => kind === 'made');
  if (piece?.kind !== 'made') throw new Error('nothing is to be made');
  const { offset, length, reads } = piece;
  const { bytes: _, ...source } = model;
  return { model: source, plan: output.plan, file: 'model', window: { offset, length }, reads };
}

it('gives the bytes of its window', async () => {
  const input = await firstPart();
  const { output } = await executor.execute(weightsPartStep, input);
  expect(output.bytes).toBe(input.window.length);
  expect(readFileSync(await context.store.pathOf(output.digest))).toHaveLength(output.bytes);
});

it('is estimated by what it reads and writes, and announces what it reads', async () => {
  const input = await firstPart();
  const [data] = input.model.external ?? [];
  const [read] = input.reads;
  const ranges = read?.ranges ?? [];
  const bytes = ranges.reduce((sum, { length }) => sum + length, input.window.length);
  expect(weightsPartStep.workload?.(input)).toEqual({ bytes });
  expect(weightsPartStep.reads?.(input)).toEqual(new Map([[data?.digest, ranges]]));
});

it('reads nothing that was not announced, also where it is there', async () => {
  const input = await firstPart();
  await expect(executor.execute(weightsPartStep, { ...input, reads: [] })).rejects.toThrow(
    'read and not announced',
  );
});

it('makes no part of a file that there is not', async () => {
  const input = await firstPart();
  await expect(
    executor.execute(weightsPartStep, { ...input, file: 'data' as const }),
  ).rejects.toThrow('does not have');
  const window = { offset: 1e9, length: 5 };
  await expect(executor.execute(weightsPartStep, { ...input, window })).rejects.toThrow(
    'is no part',
  );
});
