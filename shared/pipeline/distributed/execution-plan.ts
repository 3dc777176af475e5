/** The plan of a job of the stack: an object beside the job's own from its first turn on, and then in its run. */

import { architectureOf } from '../../runtime/machine.ts';
import { PARTS } from '../parts.ts';
import { type Plan, type PlanContext, planJob } from '../plan.ts';
import type { Site } from './advance-round.ts';
import type { OptimizeExecution } from './execution.ts';
import { planInAws } from './plan-in-aws.ts';

type PlanSite = Pick<Site, 'lanes' | 'parts' | keyof PlanContext>;

/** What a job is going to do here. A function of the job and the site alone. */
export function planExecution({ job, identified }: OptimizeExecution, site: PlanSite): Plan {
  const { lanes, machine, parts = PARTS } = site;
  const plan = planJob(job, identified.given, { ...site, parts });
  return planInAws(plan, { lanes, architecture: architectureOf(machine) });
}

/** Puts it under a key, once. */
export async function putPlan(
  execution: OptimizeExecution,
  key: string,
  site: PlanSite & Pick<Site, 'objects'>,
): Promise<void> {
  const text = `${JSON.stringify(planExecution(execution, site), null, 2)}\n`;
  await site.objects.put(key, text, { ifNoneMatch: '*', contentType: 'application/json' });
}
