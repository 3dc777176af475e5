import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SampleScores } from '../../../shared/measure/evaluate.ts';
import type { Part } from '../../../shared/pipeline/stages/model-work.ts';
import { judgeStep } from '../../../shared/pipeline/steps/judge.ts';
import { scoreStep } from '../../../shared/pipeline/steps/score.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { type DigitsWork, digitsWork } from '../digits-work.ts';

let work: DigitsWork;
beforeAll(async () => {
  work = await digitsWork();
});
afterAll(closeSharedProcess);

const input = (part: Part) => ({
  model: work.prepared.model,
  reference: work.source.artifact,
  data: work.samples.refs,
  split: work.samples.split,
  part,
  ...(work.samples.metrics && { metric: work.samples.metrics[part] }),
});

test('the known accuracy of the digits model, and outputs that follow the source', async () => {
  const tools = work.tools();
  const result = await scoreStep.run(input('evaluation'), tools);
  expect(result.samples).toBe(450);
  expect(result.fidelity?.cosine).toBeGreaterThan(0.999999);
  if (!result.scores) throw new Error('there are scores');
  const scores: SampleScores = JSON.parse(readFileSync(await tools.locate(result.scores), 'utf8'));
  const right = scores.values.reduce((sum, value) => sum + value, 0);
  // TensorFlow's own runtime: 445 of 450 (fixtures.json, 0.9889).
  expect(right).toBe(445);
});

test('a part without samples gives no scores', async () => {
  const synthetic = await digitsWork({});
  const split = await work.context.store.putBytes('{}');
  const result = await scoreStep.run(
    { ...input('selection'), data: synthetic.samples.refs, split },
    work.tools(),
  );
  expect(result).toEqual({ samples: 0, isSameOutput: false });
});

test('the same scores are judged the same, however few, when the outputs are the same bits', async () => {
  const tools = work.tools();
  const { scores } = await scoreStep.run(input('selection'), tools);
  const metric = work.samples.metrics?.selection;
  if (!scores || !metric) throw new Error('there are scores');
  const judged = (isSameOutput: boolean) =>
    judgeStep.run({ metric, base: scores, variant: scores, isSameOutput, seed: 0 }, tools);
  expect(await judged(true)).toMatchObject({ verdict: 'same', isNonInferior: true, difference: 0 });
  expect(await judged(false)).toMatchObject({ verdict: 'inconclusive', isNonInferior: false });
});
