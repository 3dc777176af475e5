/** An order as it is now: a worker that runs for hours reads it again and again, for its addresses. */
import type { Log } from '../../base/log.ts';
import { type Order, orderSchema } from './order.ts';

/** See {@link followOrder}. */
export interface FollowedOrder {
  /** Where to put what was made. */
  readonly upload: () => Order['upload'];
  readonly stop: () => void;
}

/** Reads the order anew until it is stopped, where it says how; a try that fails is followed by the next. */
export function followOrder(
  order: Order,
  read: (url: string) => Promise<string>,
  log: Log,
): FollowedOrder {
  let { upload, renewal } = order;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const look = async (url: string): Promise<void> => {
    try {
      const next = orderSchema.parse(JSON.parse(await read(url)));
      if (next.key !== order.key) throw new Error('it is another order');
      ({ upload, renewal } = next);
    } catch (error) {
      log.warn(`the order was not renewed: ${error instanceof Error ? error.message : error}`);
    }
    wait();
  };
  const wait = (): void => {
    if (!renewal || isStopped) return;
    const { url, seconds } = renewal;
    timer = setTimeout(() => void look(url), seconds * 1000);
    // Whoever works is what the process lives for.
    timer.unref();
  };
  wait();
  return {
    upload: () => upload,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
