import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DefectError } from '../../../shared/base/errors.ts';
import { compressStep } from '../../../shared/pipeline/steps/compress.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { type DigitsWork, digitsWork } from '../digits-work.ts';

let work: DigitsWork;
beforeAll(async () => {
  work = await digitsWork();
});
afterAll(closeSharedProcess);

const make = (variant: string, opset?: number) =>
  compressStep.run(
    {
      model: work.prepared.model,
      variant,
      hardware: 'x64',
      data: work.samples.refs,
      split: work.samples.split,
      seed: 0,
      ...(opset !== undefined && { opset }),
    },
    work.tools(),
  );

test('a variant is in the store with its plan and its facts', async () => {
  const made = await make('int8-weights');
  if (made.status !== 'done' || !made.plan) throw new Error('it can be made');
  expect(compressStep.output.parse(made)).toEqual(made);
  expect(made.model.bytes).toBeLessThan(work.prepared.model.bytes);
  expect(made.facts.ops).toBeGreaterThan(0);
  const plan = JSON.parse(readFileSync(await work.context.store.pathOf(made.plan), 'utf8'));
  expect(plan.variant).toBe('int8-weights');
  for (const blob of compressStep.blobs(made))
    expect(await work.context.store.hasBlob(blob)).toBe(true);
});

test('the same input gives the same bytes', async () => {
  const [one, two] = [await make('int4'), await make('int4')];
  expect(one).toEqual(two);
});

test('nothing is written above --opset', async () => {
  const own = work.prepared.opset;
  for (const variant of ['float16', 'int8-weights']) {
    expect(await make(variant, own)).toMatchObject({ status: 'done' });
    expect(await make(variant, own - 1)).toEqual({
      status: 'skipped',
      code: 3,
      reason: `it needs opset ${own}, and --opset allows ${own - 1} at most`,
    });
  }
});

test('what trains the network never comes here', async () => {
  await expect(make('pruned-50')).rejects.toThrow(DefectError);
});

test('a name that stands for nothing is an error', async () => {
  await expect(make('int9')).rejects.toMatchObject({ exitCode: 2 });
});
