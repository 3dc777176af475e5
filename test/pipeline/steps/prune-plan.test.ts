import { readFile } from 'node:fs/promises';
import { afterAll, expect, test } from 'vitest';
import { prunePlanStep } from '../../../shared/pipeline/steps/prune-plan.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { type TrainingWork, trainingWork } from '../_training-work.ts';

afterAll(closeSharedProcess);

async function planned(
  work: TrainingWork,
  removal: Parameters<typeof prunePlanStep.run>[0]['removal'],
) {
  const output = await prunePlanStep.run(
    { model: work.form, removal, samples: work.data },
    work.tools(),
  );
  if (output.status !== 'planned') throw new Error(output.reason);
  const text = await readFile(await work.context.store.pathOf(output.plan), 'utf8');
  return { output, plan: JSON.parse(text) };
}

test('the plan lists what goes and its score, and people are told in a line', async () => {
  const work = await trainingWork();
  const pruned = await planned(work, { kind: 'pruned', percent: 80 });
  expect(pruned.plan).toMatchObject({ schema: 'fettle.prune-plan/1', pattern: { percent: 80 } });
  expect(pruned.plan.zeros / pruned.plan.weights).toBeCloseTo(0.8, 2);
  expect(pruned.output.description).toMatch(/^80% of [\d,]+ weights in \d layers are zero/);
  expect(prunePlanStep.blobs(pruned.output)).toEqual([pruned.output.plan]);
  const slim = await planned(work, { kind: 'slim', percent: 50 });
  expect(slim.plan.schema).toBe('fettle.slim-plan/1');
  expect(slim.plan.groups[0].scores.length).toBeGreaterThan(slim.plan.groups[0].removed.length);
  expect(slim.output.description).toMatch(/^\d+ of \d+ channels in \d groups? /);
});

test.each([0, 100, -1])('%d percent are none', (percent) => {
  const removal = { kind: 'pruned', percent };
  expect(prunePlanStep.input.safeParse({ removal }).error?.issues).toContainEqual(
    expect.objectContaining({ path: ['removal', 'percent'] }),
  );
});
