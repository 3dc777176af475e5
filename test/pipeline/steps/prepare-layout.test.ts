import { afterAll, expect, it } from 'vitest';
import { prepareLayoutStep } from '../../../shared/pipeline/steps/prepare-layout.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { storeLarge } from '../_large-model.ts';
import { largeSource, type SourceKind } from '../_large-source.ts';
import { inlineContext } from '../inline-context.ts';

afterAll(closeSharedProcess);

const context = inlineContext();
const parts = { bytes: 1 << 16, chunk: 1 << 14 };

async function layOut(kind: SourceKind, ranges: { offset: number; length: number }[]) {
  const source = await storeLarge(
    { store: context.store, tempDir: context.folder },
    largeSource(kind),
  );
  const input = { source, parts, reads: [{ location: 'model.onnx.data', ranges }] };
  const { output } = await context.openExecutor({ sources: {} }).execute(prepareLayoutStep, input);
  return { output, input, source };
}

it('announces what it reads, is estimated by it, and stores the draft', async () => {
  const { output, input, source } = await layOut('plain', [{ offset: 0, length: 1e6 }]);
  if (output.status !== 'laid-out') throw new Error(output.status);
  const [data] = source.external ?? [];
  expect(prepareLayoutStep.reads?.(input)).toEqual(
    new Map([[data?.digest, input.reads[0]?.ranges]]),
  );
  expect(prepareLayoutStep.workload?.(input)).toEqual({ bytes: 1e6 });
  expect(prepareLayoutStep.blobs(output)).toEqual([output.draft]);
});

it('leaves to others what has to be looked at and may not', async () => {
  const { output } = await layOut('plain', []);
  expect(output).toMatchObject({
    status: 'whole',
    reason: expect.stringContaining('read and not announced'),
  });
});
