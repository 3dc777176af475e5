import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Log } from '../../../shared/base/log.ts';
import { silentLog } from '../../../shared/base/log.ts';
import { followOrder } from '../../../shared/pipeline/distributed/follow-order.ts';
import type { Order } from '../../../shared/pipeline/distributed/order.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const order = (turn: number, more: Partial<Order> = {}): Order => ({
  ...{ schema: 'fettle.order/1', execution: 'x', model: 'm', key: 'k', step: 'prepare' },
  ...{ version: 1, input: {}, runtime: 'r', inputs: [], seconds: 1, memoryBytes: 1 },
  upload: { result: `result-${turn}`, blobs: [] },
  renewal: { url: `order-${turn}`, seconds: 600 },
  ...more,
});

it('has the newest addresses, and reads the next order where the last one says', async () => {
  const asked: string[] = [];
  const read = async (url: string): Promise<string> => JSON.stringify(order(asked.push(url)));
  const followed = followOrder(order(0), read, silentLog);
  expect(followed.upload().result).toBe('result-0');
  await vi.advanceTimersByTimeAsync(600_000);
  expect(followed.upload().result).toBe('result-1');
  await vi.advanceTimersByTimeAsync(1_200_000);
  expect(asked).toEqual(['order-0', 'order-1', 'order-2']);
  followed.stop();
  await vi.advanceTimersByTimeAsync(1_200_000);
  expect(asked).toHaveLength(3);
});

it('goes on with what it has when a try fails, or gives another order', async () => {
  const warnings: string[] = [];
  const log: Log = { ...silentLog, warn: (text: string) => void warnings.push(text) };
  const answers = ['no json', JSON.stringify(order(5, { key: 'other' })), JSON.stringify(order(6))];
  const read = async (): Promise<string> => answers.shift() ?? expect.fail('asked too often');
  const followed = followOrder(order(0), read, log);
  await vi.advanceTimersByTimeAsync(1_200_000);
  expect(followed.upload().result).toBe('result-0');
  expect(warnings).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(followed.upload().result).toBe('result-6');
  followed.stop();
});

it('does not look at all where nobody renews', async () => {
  const { renewal: _, ...plain } = order(0);
  const read = async (): Promise<string> => expect.fail('asked');
  const followed = followOrder(plain, read, silentLog);
  await vi.advanceTimersByTimeAsync(86_400_000);
  expect(followed.upload().result).toBe('result-0');
});
