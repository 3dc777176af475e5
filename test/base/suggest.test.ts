import { expect, test } from 'vitest';
import { suggest } from '../../shared/base/suggest.ts';

test('names the nearest known word when one is near', () => {
  expect(suggest('int9', ['int8', 'float16'])).toBe('Did you mean "int8"? Known: int8, float16.');
  expect(suggest('varients', ['variants', 'targets'])).toContain('"variants"');
  expect(suggest('zebra', ['int8', 'float16'])).toBe('Known: int8, float16.');
  expect(suggest('x', [])).toBe('Known: .');
});
