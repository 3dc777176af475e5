import { afterAll, beforeAll, expect, test } from 'vitest';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { artifactPath } from '../../../shared/pipeline/artifact.ts';
import { readSplit } from '../../../shared/pipeline/steps/split.ts';
import { eachSample, withChoiceSamples } from '../../../shared/pipeline/variants/part-samples.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { type DigitsWork, digitsWork } from '../digits-work.ts';

let work: DigitsWork;
beforeAll(async () => {
  work = await digitsWork();
});
afterAll(closeSharedProcess);

async function choices<T>(
  of: DigitsWork,
  look: Parameters<typeof withChoiceSamples<T>>[3],
): Promise<T> {
  const tools = of.tools();
  using opened = openModel(await artifactPath(of.prepared.model, tools));
  const { metrics, refs: data, split } = of.samples;
  const input = {
    model: of.prepared.model,
    variant: 'int8',
    hardware: 'x64' as const,
    data,
    split,
    seed: 0,
    ...(metrics && { metric: metrics.selection }),
  };
  return await withChoiceSamples(opened.model, input, tools, look);
}

test('calibration and selection are the parts of the split, and no judged sample is among them', async () => {
  const split = await readSplit(work.samples.split, work.tools());
  expect(split.calibration?.source).toBe('calibration');
  await choices(work, async ({ calibration, selection, isSynthetic }) => {
    expect([calibration.length, selection?.samples.length, isSynthetic]).toEqual([128, 128, false]);
    let count = 0;
    for await (const sample of eachSample(calibration)) if (sample.image) count++;
    expect(count).toBe(128);
  });
});

test('the judge scores by label, and calls a lost tenth inferior', async () => {
  await choices(work, async ({ selection }) => {
    const { judge, samples } = selection ?? {};
    if (!judge || !samples) throw new Error('there are selection samples with labels');
    const tensor = (at: number) => ({
      output_0: {
        type: 'float32' as const,
        dims: [1, 10],
        data: Float32Array.from({ length: 10 }, (_, i) => (i === at ? 1 : 0)),
      },
    });
    const scores = Array.from(
      { length: 10 },
      (_, at) => judge.statistics(0, tensor(at), tensor(at))[0],
    );
    // One class of ten is the right one.
    expect(scores.filter((score) => score === 1)).toHaveLength(1);
    const right = Array.from({ length: 200 }, () => [1]);
    const worse = right.map((row, index) => (index % 10 === 0 ? [0] : row));
    expect(judge.judge(right, worse)).toMatchObject({ isNonInferior: false });
    expect(judge.judge(right, worse).difference).toBeCloseTo(-0.1, 6);
  });
});

test('synthetic samples are said to be so and have no judge', async () => {
  await choices(await digitsWork({}), async ({ isSynthetic, selection }) => {
    expect(isSynthetic).toBe(true);
    expect(selection?.judge).toBeUndefined();
  });
});
