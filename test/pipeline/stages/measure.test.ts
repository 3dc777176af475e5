import { afterAll, beforeAll, expect, test } from 'vitest';
import { measurable, measuredOf, scoreBuilds } from '../../../shared/pipeline/stages/measure.ts';
import type { DoneBuild } from '../../../shared/pipeline/stages/model-work.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { type DigitsWork, digitsWork } from '../digits-work.ts';

let work: DigitsWork;
beforeAll(async () => {
  work = await digitsWork();
});
afterAll(closeSharedProcess);

const build = (
  artifact = work.prepared.model,
  hardware: DoneBuild['hardware'] = process.arch === 'arm64' ? 'arm64' : 'x64',
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

test('an entry is made once', () => {
  const measurements = new Map();
  measuredOf(measurements, work.prepared.model).notes.push('x');
  expect(measuredOf(measurements, work.prepared.model).notes).toEqual(['x']);
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
