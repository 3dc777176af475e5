import { expect, it } from 'vitest';
import { prepareLookStep } from '../../../shared/pipeline/steps/prepare-look.ts';
import { storeLarge } from '../_large-model.ts';
import { largeSource } from '../_large-source.ts';
import { inlineContext } from '../inline-context.ts';

it('asks for nothing of the weights, and names what may be looked at', async () => {
  const context = inlineContext();
  const tools = { store: context.store, tempDir: context.folder };
  const source = await storeLarge(tools, largeSource('scaled'));
  const [data] = source.external ?? [];
  expect(prepareLookStep.reads?.({ source })).toEqual(new Map([[data?.digest, []]]));
  const { output } = await context
    .openExecutor({ sources: {} })
    .execute(prepareLookStep, { source });
  expect(output.reads?.map(({ location }) => location)).toEqual(['model.onnx.data']);
  const bytes = (output.reads?.[0]?.ranges ?? []).reduce((sum, { length }) => sum + length, 0);
  // All but the inner of the kernel, of more than 1 MiB.
  expect(source.bytes - bytes).toBeGreaterThan(1e6);
  expect(prepareLookStep.blobs(output)).toEqual([]);
});
