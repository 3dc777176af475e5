import { expect, it } from 'vitest';
import { MAX_PARTS, PARTS, partBytes } from '../../shared/pipeline/parts.ts';

it('parts have one size until there would be too many of them', () => {
  expect(partBytes(1e9, PARTS)).toBe(PARTS.bytes);
  expect(partBytes(PARTS.bytes * MAX_PARTS, PARTS)).toBe(PARTS.bytes);
  const large = partBytes(PARTS.bytes * MAX_PARTS + 1, PARTS);
  expect(large).toBe(PARTS.bytes + PARTS.chunk);
  expect(Math.ceil((PARTS.bytes * MAX_PARTS + 1) / large)).toBeLessThanOrEqual(MAX_PARTS);
});
