import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Measurements, measurable, scoreBuilds } from '../../../shared/pipeline/stages/measure.ts';
import type { DoneBuild } from '../../../shared/pipeline/stages/model-work.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { type DigitsWork, digitsWork } from '../digits-work.ts';
import { EXAMPLES, inlineContext } from '../inline-context.ts';

let work: DigitsWork;
beforeAll(async () => {
  work = await digitsWork();
});
afterAll(closeSharedProcess);

const build = (
  artifact = work.prepared.model,
  hardware: DoneBuild['hardware'] = 'x64',
): DoneBuild => ({
  variant: 'v',
  hardware,
  target: 'onnx',
  isRow: true,
  result: { status: 'done', value: { artifact, facts: { facts: work.prepared.facts, notes: [] } } },
});

test('equal bytes are measured once, and only here', () => {
  expect(
    measurable(work, [
      build(),
      build(),
      build(work.source.artifact),
      build(work.source.artifact, 'cuda'),
    ]),
  ).toHaveLength(2);
});

test('an entry is made once on each machine', () => {
  const [one, other] = [{ cpu: 'a' }, { cpu: 'b' }];
  const { model } = work.prepared;
  const measurements = new Measurements();
  expect(measurements.get(one, model)).toBeUndefined();
  measurements.entry(one, model).notes.push('x');
  expect(measurements.entry(one, model).notes).toEqual(['x']);
  expect(measurements.get(other, model)).toBeUndefined();
  expect(measurements.get(undefined, model)).toBeUndefined();
  expect(measurements.any(model)?.notes).toEqual(['x']);
  expect(measurements.of(build(), work.context)).toBeUndefined();
  measurements.entry(work.context.machine, model).peakBytes = 1;
  expect(measurements.of(build(), work.context)?.peakBytes).toBe(1);
});

test('a model that cannot be run is a reason, and does not disturb the others', async () => {
  const broken = {
    ...work.prepared.model,
    digest: await work.context.store.putBytes('not a model'),
  };
  const scores = await scoreBuilds(work, [build(), build(broken)], 'selection');
  expect(scores.get(work.prepared.model.digest)).toMatchObject({
    accuracy: { verdict: 'same', samples: 128 },
  });
  expect(scores.get(broken.digest)).toEqual({ reason: expect.any(String) });
});

test('another label or another line of the metric’s module is scored anew, the same is known', async () => {
  const context = inlineContext();
  const path = (name: string): string => join(context.folder, name);
  writeFileSync(path('score.mjs'), "export { score } from './helper.mjs';");
  const metric = path('score.mjs');
  const state = (offset: number, sign: string): void => {
    const labels = Array.from({ length: 450 }, (_, index) => (index + offset) % 10);
    writeFileSync(path('labels.json'), JSON.stringify(labels));
    writeFileSync(path('helper.mjs'), `export const score = (_, label) => ${sign}label;`);
  };
  const ranAfter = async (offset: number, sign: string): Promise<string[]> => {
    state(offset, sign);
    const all = { path: join(EXAMPLES, 'test.npz'), labels: path('labels.json') };
    context.ran.length = 0;
    const scored = await digitsWork({ data: { all, metric } }, context);
    await scoreBuilds(scored, [build(scored.source.artifact)], 'evaluation');
    return [...new Set(context.ran)].filter((step) => step !== 'prepare');
  };
  expect(await ranAfter(0, '')).toEqual(['split', 'score', 'judge']);
  expect(await ranAfter(0, '')).toEqual([]);
  expect(await ranAfter(0, '-')).toEqual(['score', 'judge']);
  expect(await ranAfter(1, '-')).toEqual(['split', 'score', 'judge']);
});
