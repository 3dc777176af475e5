import { expect, it } from 'vitest';
import { planFloat16 } from '../../../shared/compress/quantize/float16/plan-float16.ts';
import { planWeights } from '../../../shared/compress/quantize/weights/plan-weights.ts';
import { applyPlan } from '../../../shared/pipeline/variants/apply-plan.ts';
import { largeModel } from '../_large-model.ts';
import { inlineContext } from '../inline-context.ts';

const { store } = inlineContext();
const tools = { locate: (digest: Parameters<typeof store.pathOf>[0]) => store.pathOf(digest) };
const model = largeModel(1);

async function typesBy(plan: unknown): Promise<Set<string>> {
  const made = await applyPlan(model, await store.putBytes(JSON.stringify(plan)), tools);
  return new Set([...made.graph.initializers.values()].map(({ type }) => type));
}

it('carries out the kind of plan that it finds', async () => {
  expect(await typesBy(planFloat16(model, undefined))).toEqual(new Set(['float16']));
  const weights = planWeights(model, 'int8-weights', undefined, { hardware: 'x64' });
  expect(await typesBy(weights)).toContain('int8');
});

it('refuses what is no plan', async () => {
  await expect(typesBy({ schema: 'fettle.else/1' })).rejects.toThrow('is no plan of weights');
});
