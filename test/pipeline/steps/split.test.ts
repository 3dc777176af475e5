import { afterAll, expect, test } from 'vitest';
import { readSplit } from '../../../shared/pipeline/steps/split.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { digitsWork } from '../digits-work.ts';

afterAll(closeSharedProcess);

test('counts, shapes and digest of the judged samples', async () => {
  const { samples, tools } = await digitsWork();
  expect(samples.facts).toMatchObject({
    counts: { calibration: 128, selection: 128, evaluation: 450 },
    hasLabels: { selection: true, evaluation: true },
    shapes: { image: [1, 8, 8, 1] },
    evaluationDigest: expect.stringMatching(/^sha256:/),
  });
  const split = await readSplit(samples.split, tools());
  expect(split.evaluation).toMatchObject({ source: 'evaluation' });
  expect(new Set(split.evaluation?.indices).size).toBe(450);
});

test('without data, synthetic inputs in three parts', async () => {
  const { samples } = await digitsWork({});
  expect(samples).toMatchObject({
    isSynthetic: true,
    facts: { hasLabels: { selection: false, evaluation: false } },
  });
  expect(samples.metrics).toBeUndefined();
  const { calibration, selection, evaluation } = samples.facts.counts;
  expect(calibration + selection + evaluation).toBe(64);
});
