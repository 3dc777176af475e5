import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../shared/base/errors.ts';
import {
  parseSlice,
  placeOf,
  sameSlice,
  sliceKey,
} from '../../../shared/formats/saved-model/slice.ts';

const extent = (start: number, length: number | null) => ({ start, length });
const ALL = extent(0, null);

describe('parseSlice', () => {
  it.each([
    ['', undefined],
    ['10 4 0,5:-', [extent(0, 5), ALL]],
    ['7 2,3', [extent(2, 3)]],
  ])('%j', (text, wanted) => expect(parseSlice(text)).toEqual(wanted));

  it.each(['10 4 0,5', '10 x', '10 -1,5', '4 1,99999999999999999999'])('refuses %j', (text) => {
    expect(() => parseSlice(text)).toThrow(ModelError);
  });
});

describe('placeOf', () => {
  it('fills in whole axes', () => {
    expect(placeOf([extent(1, 2), ALL], [4, 3])).toEqual([extent(1, 2), extent(0, 3)]);
  });

  it.each([
    [[extent(3, 2)], [4]],
    [[extent(0, -1)], [4]],
    [[ALL, ALL], [4]],
    [[ALL], [4, 4]],
  ])('refuses %j of %j', (slice, dims) => expect(() => placeOf(slice, dims)).toThrow(ModelError));

  it('knows equal slices', () => {
    expect(sameSlice([ALL], [extent(0, 4)], [4])).toBe(true);
    expect(sameSlice([ALL], [extent(0, 3)], [4])).toBe(false);
  });
});

describe('sliceKey', () => {
  const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

  // As `EncodeTensorNameSlice` writes them; the codes of numbers are those of ordered_code_test.cc.
  it.each([
    ['w', [ALL], '00' + '77' + '0001' + '0101' + '80' + '7f'],
    ['w', [extent(3, 63)], '00' + '77' + '0001' + '0101' + '83' + 'bf'],
    ['w', [extent(64, 300)], '00' + '77' + '0001' + '0101' + 'c040' + 'c12c'],
    ['w', [extent(8192, 1048576)], '00' + '77' + '0001' + '0101' + 'e02000' + 'f0100000'],
    ['\0\xff', [], '00' + '00ffff00' + '0001' + '00'],
  ])('%j %j', (name, slice, wanted) => expect(hex(sliceKey(name, slice))).toBe(wanted));
});
