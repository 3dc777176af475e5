import { expect, test } from 'vitest';
import { product } from '../../shared/base/product.ts';

test.each([
  [[], 1],
  [[3], 3],
  [[2, 3, 4], 24],
  [[2, 0, 4], 0],
])('%j has %i elements', (sizes, elements) => {
  expect(product(sizes)).toBe(elements);
});
