import { expect, it } from 'vitest';
import { z } from 'zod';
import { digestBytes } from '../../../shared/base/digest.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { KnownExecutor } from '../../../shared/pipeline/distributed/known-executor.ts';
import { PendingStep } from '../../../shared/pipeline/pending-step.ts';
import { keyOf, type Step } from '../../../shared/pipeline/step.ts';
import { FolderStore } from '../../../shared/pipeline/store/folder-store.ts';

const double: Step<number, number> = {
  name: 'double',
  version: 1,
  needs: 'cpu',
  runsModel: true,
  input: z.number(),
  output: z.number(),
  estimate: () => ({ memoryBytes: 1, seconds: 1 }),
  blobs: () => [],
  run: () => Promise.reject(new Error('nothing is run here')),
};

const RUNTIME = 'onnxruntime-node 1';
const keyFor = (input: number): string => keyOf(double, input, RUNTIME);

async function known(ran: readonly string[] = [], failed: readonly string[] = []) {
  const store = new FolderStore(makeTempDir('test'));
  const record = { step: 'double', version: 1, key: keyFor(2), output: 4, blobs: [], seconds: 3 };
  await store.writeStep(record);
  const error = { kind: 'LimitError', message: 'too large', stack: '' } as const;
  const failures = failed.map((key) => {
    const failure = { schema: 'fettle.result/1', key, status: 'failed', error } as const;
    return [key, failure] as const;
  });
  return new KnownExecutor(store, RUNTIME, { fresh: new Set(ran), failed: new Map(failures) });
}

it('answers with what the store has', async () => {
  const executor = await known();
  expect(await executor.execute(double, 2)).toEqual({ output: 4, cached: true, seconds: 3 });
  expect(executor.open).toEqual([]);
});

it('leaves open what nobody knows, each once', async () => {
  const executor = await known();
  for (const input of [3, 5, 3])
    await expect(executor.execute(double, input)).rejects.toBeInstanceOf(PendingStep);
  expect(executor.open).toMatchObject([
    { key: keyFor(3), name: 'double', input: 3, fresh: false },
    { key: keyFor(5), name: 'double', input: 5 },
  ]);
});

it('says where a step has to run; asked for by two machines, the first has it', async () => {
  const executor = await known();
  const on = (cpu: string) => ({ on: { cpu, features: [], cores: 2 } });
  for (const options of [on('a'), on('b')])
    await expect(executor.execute(double, 3, options)).rejects.toBeInstanceOf(PendingStep);
  expect(executor.open).toMatchObject([{ key: keyFor(3), ...on('a') }]);
});

it('does not take a former measurement for a fresh one', async () => {
  const before = await known();
  await expect(before.execute(double, 2, { fresh: true })).rejects.toBeInstanceOf(PendingStep);
  expect(before.open).toMatchObject([{ fresh: true }]);
  const after = await known([keyFor(2)]);
  expect(await after.execute(double, 2, { fresh: true })).toMatchObject({
    output: 4,
    cached: false,
  });
});

it('throws what the worker met', async () => {
  const executor = await known([], [keyFor(2)]);
  await expect(executor.execute(double, 2)).rejects.toMatchObject({
    name: 'LimitError',
    message: 'too large',
  });
});

it('runs what the store does by itself, once, and keeps what failed there', async () => {
  const store = new FolderStore(makeTempDir('test'));
  let ran = 0;
  const join: Step<string, string> = {
    ...{ name: 'join', version: 1, needs: 'cpu', inStore: true, runsModel: false },
    ...{ input: z.string(), output: z.string() },
    estimate: () => ({ memoryBytes: 1, seconds: 1 }),
    blobs: () => [],
    run: async (text, tools) => {
      ran++;
      if (text === 'read') await tools.locate(digestBytes('x'));
      return text;
    },
  };
  const executor = new KnownExecutor(store, RUNTIME, { fresh: new Set(), failed: new Map() });
  for (let time = 0; time < 2; time++)
    expect(await executor.execute(join, 'a')).toMatchObject({ output: 'a' });
  expect(ran).toBe(1);
  // The side that may write to the store looks at nobody's bytes.
  await expect(executor.execute(join, 'read')).rejects.toThrow('join reads bytes');
  expect(Object.values(executor.failures)).toMatchObject([{ key: keyOf(join, 'read', RUNTIME) }]);
  expect(executor.open).toEqual([]);
});
