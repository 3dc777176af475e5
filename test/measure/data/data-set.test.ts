import { expect, it } from 'vitest';
import { isTensor } from '../../../shared/measure/data/data-set.ts';

it('tells tensors from JSON', () => {
  expect(isTensor({ type: 'uint8', dims: [1], data: Uint8Array.of(1) })).toBe(true);
  for (const label of [
    undefined,
    null,
    3,
    'text',
    [1, 2],
    { data: [1], dims: [1], type: 'uint8' },
  ]) {
    expect(isTensor(label)).toBe(false);
  }
});
