import { expect, it } from 'vitest';
import { ExecutionKeys } from '../../../shared/pipeline/distributed/execution.ts';
import { planExecution, putPlan } from '../../../shared/pipeline/distributed/execution-plan.ts';
import { planSchema } from '../../../shared/pipeline/plan.ts';
import { digitsJob } from '../inline-context.ts';
import { executionOf, localSite } from './_site.ts';

const execution = await executionOf(digitsJob({ variants: ['int4'] }));

it('names the lanes that the site has, and no timing where that is switched off', () => {
  const site = localSite();
  const plan = planExecution(execution, site);
  expect(plan.model).toBe(execution.job.name);
  expect(new Set(plan.shards.map(({ aws }) => aws?.lane))).toEqual(new Set(['work', 'measure']));
  expect(plan.shards.map(({ step }) => step)).not.toContain('latency-group');
  const timed = planExecution(execution, { ...site, measuresLatency: true });
  expect(timed.shards.map(({ step }) => step)).toContain('latency-group');
  expect(timed.aws?.usd).toBeGreaterThan(plan.aws?.usd ?? 0);
});

it('is put once, as JSON', async () => {
  const site = localSite();
  const { plan: key } = new ExecutionKeys('x');
  await putPlan(execution, key, site);
  const found = await site.objects.get(key);
  const read = planSchema.parse(JSON.parse(Buffer.from(found?.bytes ?? '').toString()));
  expect(read).toEqual(planExecution(execution, site));
  await putPlan(execution, key, {
    ...site,
    lanes: { ...site.lanes, large: { memoryMb: 9, seconds: 9 } },
  });
  expect((await site.objects.get(key))?.info.etag).toBe(found?.info.etag);
});
