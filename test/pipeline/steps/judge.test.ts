import { expect, test } from 'vitest';
import type { SampleScores } from '../../../shared/measure/evaluate.ts';
import { judgeStep } from '../../../shared/pipeline/steps/judge.ts';
import { inlineContext } from '../inline-context.ts';

const { store, log, folder } = inlineContext();
const tools = {
  store,
  log,
  tempDir: folder,
  progress: () => {},
  locate: (digest: Parameters<typeof store.pathOf>[0]) => store.pathOf(digest),
};
const scores = (values: number[]): SampleScores => ({
  metric: 'top1',
  width: 1,
  indices: values.map((_, i) => i),
  values,
});
const put = (values: number[]) => store.putBytes(JSON.stringify(scores(values)));

test('a variant that loses a tenth of 300 samples is worse', async () => {
  const base = await put(Array(300).fill(1));
  const variant = await put(Array.from({ length: 300 }, (_, i) => (i % 10 === 0 ? 0 : 1)));
  const result = await judgeStep.run(
    { metric: { name: 'top1' }, base, variant, isSameOutput: false, seed: 0 },
    tools,
  );
  expect(result).toMatchObject({
    metric: 'top1',
    base: 1,
    value: 0.9,
    verdict: 'worse',
    isNonInferior: false,
    losses: 30,
    wins: 0,
  });
  expect(judgeStep.output.parse(result)).toEqual(result);
});

test('one sample of an error metric has no interval, and its result is still valid', async () => {
  const one = (value: number) =>
    store.putBytes(JSON.stringify({ ...scores([value]), metric: 'mae' }));
  const result = await judgeStep.run(
    {
      metric: { name: 'mae' },
      base: await one(1),
      variant: await one(1.2),
      isSameOutput: false,
      seed: 0,
    },
    tools,
  );
  expect(result).toMatchObject({ value: 1.2, verdict: 'inconclusive' });
  expect(result.low).toBeUndefined();
  expect(judgeStep.output.parse(result)).toEqual(result);
});
