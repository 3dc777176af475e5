import { expect, it } from 'vitest';
import { deadlineIn } from '../../../../../shared/compress/quantize/int8/search/deadline.ts';

it('counts seconds from when it was made', () => {
  let now = 5000;
  const deadline = deadlineIn(2, () => now);
  expect([deadline.isOver, deadline.left]).toEqual([false, 2]);
  now += 1500;
  expect([deadline.isOver, deadline.left]).toEqual([false, 0.5]);
  now += 500;
  expect([deadline.isOver, deadline.left]).toEqual([true, 0]);
  now += 9000;
  expect([deadline.isOver, deadline.left]).toEqual([true, 0]);
});

it('is over at once for no time, and not for much', () => {
  expect(deadlineIn(0).isOver).toBe(true);
  expect(deadlineIn(60).isOver).toBe(false);
  expect(deadlineIn(Number.POSITIVE_INFINITY).isOver).toBe(false);
});
