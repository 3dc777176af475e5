import { afterAll, expect, it } from 'vitest';
import type { StoredArtifact } from '../../../shared/pipeline/artifact.ts';
import {
  layoutTaskId,
  PREPARE,
  prepareSource,
} from '../../../shared/pipeline/stages/prepare-source.ts';
import { prepareStep } from '../../../shared/pipeline/steps/prepare.ts';
import { TaskRunner } from '../../../shared/pipeline/task-runner.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { storeLarge } from '../_large-model.ts';
import { largeSource, type SourceKind } from '../_large-source.ts';
import { inlineContext } from '../inline-context.ts';

afterAll(closeSharedProcess);

const CHUNK = 1 << 14;

async function begin(kind: SourceKind) {
  const context = inlineContext();
  const tools = { store: context.store, tempDir: context.folder };
  const source = await storeLarge(tools, largeSource(kind));
  const tasks = new TaskRunner(context.openExecutor({ sources: {} }), context.progress);
  const whole = await tasks.run('whole', prepareStep, { source });
  context.ran.length = 0;
  const inParts = (chunks: number, of: StoredArtifact = source) => {
    const parts = { above: 0, bytes: chunks * CHUNK, chunk: CHUNK };
    return prepareSource(of, undefined, { tasks, context: { ...context, parts } });
  };
  return { context, source, tasks, whole, inParts };
}

it('in parts of any size it is what one machine makes', async () => {
  const { context, whole, inParts } = await begin('plain');
  expect(whole.passes).toHaveProperty('remove-identity');
  for (const chunks of [1, 3, 7]) expect(await inParts(chunks)).toEqual(whole);
  const parts = context.ran.filter((name) => name === 'weights-part').length;
  // Chunks inside of large weights are not made at all.
  expect(parts).toBeGreaterThan(1);
  expect(parts).toBeLessThan(Math.ceil(whole.model.bytes / CHUNK));
  expect(context.ran).not.toContain('prepare');
});

it('weights that change are computed once they may be read', async () => {
  const { context, whole, inParts } = await begin('scaled');
  expect(whole.passes).toHaveProperty('fold-batch-norm');
  expect(await inParts(5)).toEqual(whole);
  expect(context.ran.slice(0, 3)).toEqual(['prepare-look', 'prepare-layout', 'prepare-layout']);
  expect(context.ran).not.toContain('prepare');
});

it.each(['equal', 'transposed'] as const)(
  'is left to one machine where weights have to be looked at: %s',
  async (kind) => {
    const { context, whole, inParts } = await begin(kind);
    expect(await inParts(3)).toEqual(whole);
    expect(context.ran).toEqual(['prepare-look', 'prepare-layout']);
  },
);

it('takes small models, those without files beside them, and one machine as they are', async () => {
  const { context, source, tasks, whole } = await begin('plain');
  const parts = { above: source.bytes, bytes: CHUNK, chunk: CHUNK };
  expect(await prepareSource(source, undefined, { tasks, context: { ...context, parts } })).toEqual(
    whole,
  );
  expect(await prepareSource(source, undefined, { tasks, context })).toEqual(whole);
  // What it calls its weights is what the draft would be called.
  const external = [{ location: 'model.onnx', digest: source.digest }];
  const odd = prepareSource({ ...source, external }, undefined, {
    ...{ tasks, context: { ...context, parts: { ...parts, above: 0 } } },
  });
  await expect(odd).rejects.toThrow();
  expect(context.ran).toEqual([]);
});

it('names its tasks', () => expect(layoutTaskId(PREPARE)).toBe('prepare layout'));
