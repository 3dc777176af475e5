/** What every worker does, whatever it is called: one order, by its address. It holds no rights of its own. */
import { z } from 'zod';
import { followOrder } from '../shared/pipeline/distributed/follow-order.ts';
import { httpTransfer, readAddress } from '../shared/pipeline/distributed/http-transfer.ts';
import { orderSchema } from '../shared/pipeline/distributed/order.ts';
import { runOrder } from '../shared/pipeline/distributed/run-order.ts';
import { createTelemetry } from './adapters/telemetry.ts';
import { endOthers } from './worker/end-others.ts';
import { launcherAt } from './worker/launcher.ts';

const eventSchema = z.object({ id: z.string(), order: z.string() });

export interface WorkAnswer {
  readonly id: string;
  readonly status: 'done' | 'failed';
}

/** @throws when the order cannot be read, or its result not be put: the state machine then says so for it */
export async function workOn(event: unknown, service: string): Promise<WorkAnswer> {
  const { id, order: address } = eventSchema.parse(event);
  const telemetry = createTelemetry(service);
  const order = orderSchema.parse(JSON.parse(await readAddress(address)));
  telemetry.about({ execution: order.execution, model: order.model, shard: order.key });
  telemetry.info(`${order.step} begins`);
  const started = performance.now();
  let told = 0;
  // What the image has to keep models apart from all else (functions/Dockerfile).
  const { FETTLE_CONFINE: confine, FETTLE_ALONE: alone } = process.env;
  const launcher = confine === undefined ? undefined : launcherAt(confine, telemetry);
  const followed = followOrder(order, readAddress, telemetry);
  const result = await runOrder(order, {
    transfer: httpTransfer(),
    log: telemetry,
    upload: followed.upload,
    ...(launcher !== undefined && { launcher }),
    onProgress: ({ fraction }) => {
      // Ten numbers a shard tell how far it is; a thousand cost money.
      if (fraction === undefined || fraction < told + 0.1) return;
      told = fraction;
      telemetry.metric('Progress', 100 * fraction, 'percent');
    },
  }).finally(() => {
    followed.stop();
    const left = alone === undefined ? 0 : endOthers();
    if (left > 0) telemetry.warn(`${order.step} left ${left} processes, which were ended`);
  });
  telemetry.metric('ShardSeconds', (performance.now() - started) / 1000, 'seconds');
  if (result.status === 'failed') {
    telemetry.warn(`${order.step} failed: ${result.error.message}`);
    telemetry.metric('ShardFailures', 1);
  }
  return { id, status: result.status };
}
