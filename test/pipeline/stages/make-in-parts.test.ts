import { readFileSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { StoredArtifact } from '../../../shared/pipeline/artifact.ts';
import {
  makeInParts,
  partsFor,
  partTaskId,
} from '../../../shared/pipeline/stages/make-in-parts.ts';
import { type CompressInput, compressStep } from '../../../shared/pipeline/steps/compress.ts';
import { TaskRunner } from '../../../shared/pipeline/task-runner.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { storeLarge } from '../_large-model.ts';
import { type InlineContext, inlineContext } from '../inline-context.ts';

const CHUNK = 1 << 14;

let context: InlineContext;
let model: StoredArtifact;
beforeEach(async () => {
  context = inlineContext();
  model = await storeLarge({ store: context.store, tempDir: context.folder });
});
afterAll(closeSharedProcess);

const inputOf = (variant: string): CompressInput => ({
  model,
  variant,
  hardware: 'x64',
  data: {},
  split: model.digest,
  seed: 0,
});

const runner = () => new TaskRunner(context.openExecutor({ sources: {} }), context.progress);

describe.each(['int8-weights', 'int4', 'int8-dynamic'])('%s', (variant) => {
  it.each([1, 2, 3, 7])(
    'of %i chunks a part has the bytes that one machine makes',
    async (chunks) => {
      const whole = await runner().run('whole', compressStep, inputOf(variant));
        const parts = { above: 0, bytes: chunks * CHUNK, chunk: CHUNK };
      const made = await makeInParts({ tasks: runner(), context }, inputOf(variant), 'x', parts);
      if (whole.status !== 'done' || made?.status !== 'done')
        throw new Error('not made');
      expect(made).toEqual(whole);
      const bytes = readFileSync(await context.store.pathOf(whole.model.digest)).length;
      const ran = context.ran.filter((name) => name === 'weights-part').length;
      // Chunks of the large constant lie in the source as they are, some of them whole.
      expect(ran).toBeGreaterThan(0);
      expect(ran).toBeLessThanOrEqual(Math.ceil(bytes / CHUNK));
    },
  );
});

it('is for large models with weights beside them, and for what weights alone decide', () => {
  const policy = { above: 1000, bytes: 10, chunk: 5 };
  const { external } = model;
  const large = { bytes: 1001, ...(external && { external }) };
  expect(partsFor(large, 'int8-weights', policy)).toBe(policy);
  expect(partsFor({ ...large, bytes: 1000 }, 'int8-weights', policy)).toBeUndefined();
  expect(partsFor({ bytes: 1001 }, 'int8-weights', policy)).toBeUndefined();
  expect(partsFor(large, 'int8', policy)).toBeUndefined();
  expect(partsFor(large, 'float16', policy)).toBeUndefined();
  expect(partsFor(large, 'int4', undefined)).toBeUndefined();
});

it('numbers tasks', () => {
  expect(partTaskId('make int4 x64', 2)).toBe('make int4 x64 part 2');
});
