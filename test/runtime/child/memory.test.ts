import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** In a process of its own: what other tests left to be collected would come and go meanwhile. */
const script = `
import { readMemory } from ${JSON.stringify(new URL('../../../shared/runtime/child/memory.ts', import.meta.url).href)};
const before = readMemory(true);
let block = new Uint8Array(100_000_000).fill(1);
const last = block[99_999_999];
const during = readMemory(false);
block = undefined;
console.log(JSON.stringify({ before, last, during, after: readMemory(false) }));`;

it('sees memory come and go, and can forget a peak', () => {
  const stdout = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  const { before, last, during, after } = JSON.parse(stdout);
  expect(last).toBe(1);
  expect(during.peakBytes - before.residentBytes).toBeGreaterThan(90_000_000);
  expect(after.peakBytes).toBeGreaterThanOrEqual(during.residentBytes);
});
