import { describe, expect, it } from 'vitest';
import { fixedSizes, readShape } from '../../../../shared/formats/tf/proto/shape.ts';
import { message, number, readerOf, shape } from './_wire.ts';

describe('readShape', () => {
  it.each([
    ['fixed and free sizes', shape(-1, 3), [null, 3]],
    ['a size of 0, which is not written', message(2), [0]],
    ['no axes', new Uint8Array(), []],
    ['an unknown rank', number(3, 1), null],
  ])('%s', (_, bytes, wanted) => expect(readShape(readerOf(bytes))).toEqual(wanted));

  it('refuses more axes than tensors have', () => {
    expect(() => readShape(readerOf(shape(...new Array(255).fill(1))))).toThrow('more than 254');
  });
});

describe('fixedSizes', () => {
  const reader = readerOf();

  it('gives them', () => expect(fixedSizes([2, 0, 3], 'x', reader)).toEqual([2, 0, 3]));

  it.each([
    [[2, null], 'x has a shape that is not fixed'],
    [null, 'x has a shape that is not fixed'],
    [[2 ** 40, 0, 2 ** 40], 'x has impossible sizes'],
  ])('refuses %j', (sizes, message) => {
    expect(() => fixedSizes(sizes, 'x', reader)).toThrow(message);
  });
});
