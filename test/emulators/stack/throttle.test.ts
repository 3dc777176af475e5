import { expect, it } from 'vitest';
import { throttle } from './throttle.ts';

const refused = (next: () => object | undefined): number =>
  Array.from({ length: 1000 }, next).filter(Boolean).length;

it('refuses its share of calls, the same each time', () => {
  const first = refused(throttle(1, 'states', 0.1));
  expect(first).toBeGreaterThan(70);
  expect(first).toBeLessThan(130);
  expect(refused(throttle(1, 'states', 0.1))).toBe(first);
  expect(throttle(1, 'states', 1)()).toMatchObject({ type: 'ThrottlingException', status: 400 });
});

it('refuses nothing where nothing is said', () => {
  expect(refused(throttle(1, 'states'))).toBe(0);
});
