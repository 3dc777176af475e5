/** One turn of the machine that keeps the orders of running jobs signed. */
import { z } from 'zod';
import { withTempDir } from '../../shared/base/files.ts';
import { ExecutionKeys, readExecution } from '../../shared/pipeline/distributed/execution.ts';
import { renewOrders } from '../../shared/pipeline/distributed/renew-orders.ts';
import { createTelemetry } from '../adapters/telemetry.ts';
import { readSettings } from '../settings.ts';
import { openSite } from '../site.ts';

const renewalSchema = z.object({
  action: z.literal('renew'),
  execution: z.string(),
  request: z.string(),
  name: z.string(),
  attempt: z.int(),
  round: z.int().min(0),
  /** To the next turn. */
  seconds: z.number(),
});
/** The message for the next turn, and whether there is one. */
export type RenewAnswer = z.infer<typeof renewalSchema> & { readonly next: 'again' | 'done' };

/** Signs what has no result yet, until nothing is left of the round. */
export async function renew(event: unknown): Promise<RenewAnswer> {
  const message = renewalSchema.parse(event);
  const { execution: id, name, round } = message;
  const telemetry = createTelemetry('advance');
  telemetry.about({ execution: id, model: name });
  return withTempDir('renew', async (folder) => {
    const site = openSite(readSettings(), telemetry, `${folder}/cache`);
    const keys = new ExecutionKeys(id);
    const execution = await readExecution(site.objects, keys);
    const left = execution ? await renewOrders(execution, keys, round, site) : 0;
    telemetry.info(`round ${round}: ${left} orders were signed anew`);
    return { ...message, next: left > 0 ? 'again' : 'done' };
  });
}
