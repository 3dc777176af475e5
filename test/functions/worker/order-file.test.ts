import { existsSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { leaveOrder, takeOrder } from '../../../functions/worker/order-file.ts';

test('an address is there for one, once', () => {
  const path = leaveOrder('https://outbox/order?signed');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(leaveOrder('https://other')).not.toBe(path);
  expect(takeOrder(path)).toBe('https://outbox/order?signed');
  expect(existsSync(path)).toBe(false);
  expect(() => takeOrder(path)).toThrow('ENOENT');
});
