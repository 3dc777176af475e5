import { expect, it } from 'vitest';
import { readMemory } from '../../../shared/runtime/child/memory.ts';

it('sees memory come and go, and can forget a peak', () => {
  const before = readMemory(true);
  let block: Uint8Array | undefined = new Uint8Array(100_000_000).fill(1);
  expect(block[99_999_999]).toBe(1);
  const during = readMemory(false);
  expect(during.peakBytes - before.residentBytes).toBeGreaterThan(90_000_000);
  block = undefined;
  expect(readMemory(false).peakBytes).toBeGreaterThanOrEqual(during.residentBytes);
});
