import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { silentLog } from '../../../shared/base/log.ts';
import { SYNTHETIC_RULES } from '../../../shared/measure/data/synthetic.ts';
import { readSplit, splitStep } from '../../../shared/pipeline/steps/split.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { largeModel, storeLarge } from '../_large-model.ts';
import { digitsWork } from '../digits-work.ts';
import { inlineContext } from '../inline-context.ts';

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

test('asks a large model for nothing of its weights', async () => {
  const { store, folder } = inlineContext();
  const model = await storeLarge({ store, tempDir: folder }, largeModel(1));
  const synthetic = { rules: SYNTHETIC_RULES, samples: 4, seed: 0, shapes: {} };
  const input = { model, data: { synthetic }, seed: 0, needsTraining: false };
  const [weights] = model.external ?? [];
  expect(splitStep.reads?.(input)).toEqual(new Map([[weights?.digest, []]]));
  const empty = join(folder, 'empty');
  writeFileSync(empty, '');
  truncateSync(empty, model.bytes);
  const { counts, shapes } = await splitStep.run(input, {
    ...{ store, tempDir: folder, log: silentLog, progress: () => {} },
    locate: async (digest) => (digest === weights?.digest ? empty : store.pathOf(digest)),
  });
  expect(counts.calibration + counts.selection + counts.evaluation).toBe(4);
  expect(shapes).toEqual({ x0: [1600, 96] });
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
