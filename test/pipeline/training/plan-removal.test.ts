import { afterAll, expect, test } from 'vitest';
import { planRemoval } from '../../../shared/pipeline/training/plan-removal.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { smallNetwork } from '../../compress/prune/_prunable.ts';
import { normalSource } from '../../compress/quantize/int8/_samples.ts';

afterAll(closeSharedProcess);

const samples = normalSource(8, 'x', [1, 3, 8, 8]);

test.each([
  [{ kind: 'pruned', percent: 50 }, 'fettle.prune-plan/1', /^50% of 2,544 weights in 3 layers/],
  [{ kind: 'sparse-2-4' }, 'fettle.prune-plan/1', /^2 of every 4 weights/],
  [{ kind: 'slim', percent: 30 }, 'fettle.slim-plan/1', /^\d+ of \d+ channels in \d groups? /],
] as const)('%j', async (removal, schema, description) => {
  const made = await planRemoval(smallNetwork(), removal, samples);
  expect(made.plan).toMatchObject({ schema });
  expect(made.description).toMatch(description);
});
