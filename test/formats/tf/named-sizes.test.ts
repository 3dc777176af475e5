import { expect, it } from 'vitest';
import { namedSizes } from '../../../shared/formats/tf/named-sizes.ts';

it.each([
  [
    [null, 8, null],
    ['batch', 8, 'x_dim2'],
  ],
  [
    [2, null],
    [2, 'x_dim1'],
  ],
  [[], []],
  [null, null],
])('%j becomes %j', (shape, wanted) => expect(namedSizes(shape, 'x')).toEqual(wanted));
