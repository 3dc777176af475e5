import { expect, it } from 'vitest';
import { sharedResult } from '../../../../shared/compress/quantize/weights/shared-result.ts';

it('computes once for all parts, and anew after the last', () => {
  let count = 0;
  const part = sharedResult(['a', 'b'], () => ++count);
  expect([part('a'), part('a'), part('b'), part('a'), part('b')]).toEqual([1, 1, 1, 2, 2]);
});

it('holds one result only: another computation drops it', () => {
  let count = 0;
  const one = sharedResult(['a', 'b'], () => `one ${++count}`);
  const other = sharedResult(['a', 'b'], () => `other ${++count}`);
  expect([one('a'), other('a'), one('b'), other('b')]).toEqual([
    'one 1',
    'other 2',
    'one 3',
    'other 4',
  ]);
});
