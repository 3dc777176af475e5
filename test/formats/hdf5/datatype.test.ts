import { expect, it } from 'vitest';
import { readDatatype } from '../../../shared/formats/hdf5/datatype.ts';
import { Cursor } from '../../../shared/formats/hdf5/file-bytes.ts';
import { type Part, written } from './_files.ts';

const read = (...parts: readonly Part[]) =>
  readDatatype(new Cursor('m.h5', 'it', written(...parts)));

const integer = (size: number, flags = 0, bits = size * 8) =>
  [
    [0x10, 1],
    [flags, 3],
    [size, 4],
    [0, 2],
    [bits, 2],
  ] as const;
/** `[exponent at, bits, fraction at, bits]` */
const float = (size: number, flags: number, parts: readonly number[], bias: number) =>
  [
    [0x11, 1],
    [flags, 3],
    [size, 4],
    [0, 2],
    [size * 8, 2],
    ...parts.map((part) => [part, 1] as const),
    [bias, 4],
  ] as const;

it.each([
  ['int8', integer(1, 8)],
  ['uint8', integer(1)],
  ['uint16', integer(2)],
  ['int32', integer(4, 8)],
  ['int64', integer(8, 8)],
  ['float16', float(2, 0, [10, 5, 0, 10], 15)],
  ['bfloat16', float(2, 0, [7, 8, 0, 7], 127)],
  ['float32', float(4, 0, [23, 8, 0, 23], 127)],
  ['float64', float(8, 0, [52, 11, 0, 52], 1023)],
  ['bool', [[0x18, 1], [2, 3], [1, 4], ...integer(1, 8)]],
] as const)('%s', (element, parts) => {
  expect(read(...parts)).toMatchObject({ element });
});

it('the order of the bytes', () => {
  expect(read(...integer(4, 1)).isBigEndian).toBe(true);
  expect(read(...float(4, 1, [23, 8, 0, 23], 127)).isBigEndian).toBe(true);
  expect(read(...float(4, 0, [23, 8, 0, 23], 127)).isBigEndian).toBe(false);
});

it.each([
  ['integers of 3 bytes', integer(3)],
  ['integers of 5 bits', integer(1, 0, 5)],
  ['numbers of a VAX', float(4, 0x41, [23, 8, 0, 23], 127)],
  ['floats of another form', float(4, 0, [22, 9, 0, 22], 255)],
  ['an enumeration of three', [[0x18, 1], [3, 3], [1, 4], ...integer(1, 8)]],
  [
    'opaque bytes',
    [
      [0x15, 1],
      [0, 3],
      [2, 4],
    ],
  ],
  [
    'sequences',
    [
      [0x19, 1],
      [0, 3],
      [16, 4],
    ],
  ],
] as const)('%s are no numbers that models have', (_, parts) => {
  const found = read(...parts);
  expect([found.element, found.text]).toEqual([undefined, undefined]);
});

it('texts', () => {
  expect(read([0x13, 1], [0, 3], [7, 4])).toEqual({ size: 7, text: 'fixed' });
  expect(read([0x19, 1], [1, 3], [16, 4])).toEqual({ size: 16, text: 'variable' });
});

it('enumerations within each other end', () => {
  const one = [
    [0x18, 1],
    [2, 3],
    [1, 4],
  ] as const;
  expect(read(...Array(50).fill(one).flat(), ...integer(1)).element).toBeUndefined();
});
