import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { Digest } from '../../shared/base/brand.ts';
import { digestBytes } from '../../shared/base/digest.ts';
import { silentLog } from '../../shared/base/log.ts';
import { keyOf, runStep, type Step, type Tools } from '../../shared/pipeline/step.ts';
import { FolderStore } from '../../shared/pipeline/store/folder-store.ts';

let dir: string;
let tools: Tools;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fettle-test-'));
  const store = new FolderStore(join(dir, 'store'));
  tools = {
    store,
    locate: (digest) => store.pathOf(digest),
    tempDir: dir,
    log: silentLog,
    progress: () => {},
  };
});
afterEach(() => rmSync(dir, { recursive: true }));

const RUNTIME = { runtime: 'ort 1' };

function counting(overrides: Partial<Step<{ x: number }, { y: number }>> = {}) {
  let runs = 0;
  const step: Step<{ x: number }, { y: number }> = {
    name: 'double',
    version: 1,
    needs: 'cpu',
    runsModel: false,
    input: z.object({ x: z.number() }),
    output: z.object({ y: z.number() }),
    estimate: () => ({ memoryBytes: 0, seconds: 0 }),
    blobs: () => [],
    run: async ({ x }) => {
      runs++;
      return { y: 2 * x };
    },
    ...overrides,
  };
  return { step, runs: () => runs };
}

test('runs once for one input', async () => {
  const { step, runs } = counting();
  expect(await runStep(step, { x: 2 }, tools, RUNTIME)).toMatchObject({
    output: { y: 4 },
    cached: false,
  });
  expect(await runStep(step, { x: 2 }, tools, RUNTIME)).toMatchObject({
    output: { y: 4 },
    cached: true,
  });
  expect(runs()).toBe(1);
  await runStep(step, { x: 3 }, tools, RUNTIME);
  expect(runs()).toBe(2);
});

test('a new version runs again; a measurement made afresh replaces', async () => {
  const { step, runs } = counting();
  await runStep(step, { x: 2 }, tools, RUNTIME);
  await runStep({ ...step, version: 2 }, { x: 2 }, tools, RUNTIME);
  expect(runs()).toBe(2);
  await runStep(step, { x: 2 }, tools, { ...RUNTIME, fresh: true });
  expect(runs()).toBe(3);
});

test('the runtime is part of the key of a step that runs a model, and of no other', () => {
  const { step } = counting();
  expect(keyOf(step, { x: 1 }, 'a')).toBe(keyOf(step, { x: 1 }, 'b'));
  const runs = { ...step, runsModel: true };
  expect(keyOf(runs, { x: 1 }, 'a')).not.toBe(keyOf(runs, { x: 1 }, 'b'));
});

test('a failure is not remembered', async () => {
  let fail = true;
  const { step } = counting({
    run: async () => {
      if (fail) throw new Error('once');
      return { y: 1 };
    },
  });
  await expect(runStep(step, { x: 1 }, tools, RUNTIME)).rejects.toThrow('once');
  fail = false;
  expect(await runStep(step, { x: 1 }, tools, RUNTIME)).toMatchObject({ output: { y: 1 } });
});

test('a step that names bytes it did not store is a defect', async () => {
  const { step } = counting({ blobs: (): Digest[] => [digestBytes('missing')] });
  await expect(runStep(step, { x: 1 }, tools, RUNTIME)).rejects.toMatchObject({ exitCode: 70 });
});
