import { afterAll, expect, test } from 'vitest';
import { firstFeeds } from '../../../shared/pipeline/steps/feeds.ts';
import { memoryStep } from '../../../shared/pipeline/steps/memory.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { digitsWork } from '../digits-work.ts';

afterAll(closeSharedProcess);

test('the peak of a small model is small, and is measured', async () => {
  const work = await digitsWork();
  const { peakBytes } = await memoryStep.run(
    {
      model: work.prepared.model,
      signature: work.prepared.model,
      data: work.samples.refs,
      split: work.samples.split,
      threads: 1,
      machine: { cpu: 'test', features: [], cores: 1 },
    },
    work.tools(),
  );
  expect(peakBytes).toBeLessThan(50e6);
  const feeds = await firstFeeds(
    work.prepared.model,
    work.samples.refs,
    work.samples.split,
    work.tools(),
  );
  expect(feeds.image).toMatchObject({ type: 'float32', dims: [1, 8, 8, 1] });
});
