import { describe, expect, it } from 'vitest';
import { LimitError } from '../../../../shared/base/errors.ts';
import { Budget } from '../../../../shared/formats/tf/proto/budget.ts';
import { filledStorage } from '../../../../shared/formats/tf/proto/fill.ts';

const filled = (given: readonly number[], width: number, expected: number) => {
  const storage = filledStorage(Uint8Array.from(given), width, expected, new Budget('a'));
  if (storage.kind === 'computed') return storage.compute();
  return storage.kind === 'memory' ? storage.bytes : undefined;
};

describe('filledStorage', () => {
  it.each([
    ['nothing', [], 2, 4, [0, 0, 0, 0]],
    ['one element', [7, 8], 2, 6, [7, 8, 7, 8, 7, 8]],
    ['the last of some', [1, 2, 3], 1, 7, [1, 2, 3, 3, 3, 3, 3]],
    ['all', [1, 2], 1, 2, [1, 2]],
    ['no elements at all', [], 4, 0, []],
  ])('%s', (_, given, width, expected, wanted) => {
    expect([...(filled(given, width, expected) ?? [])]).toEqual(wanted);
  });

  it('is made when it is written, where it is large', () => {
    const storage = filledStorage(Uint8Array.of(5), 1, 10_001, new Budget('a'));
    expect(storage).toMatchObject({ kind: 'computed', byteLength: 10_001 });
    const bytes = filled([5], 1, 10_001);
    expect(bytes?.every((byte) => byte === 5)).toBe(true);
    expect(bytes).toHaveLength(10_001);
  });

  it('has a limit', () => {
    expect(() => filledStorage(Uint8Array.of(5), 1, 2 ** 40, new Budget('a'))).toThrow(LimitError);
  });
});
