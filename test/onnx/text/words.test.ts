import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  bytesText,
  elementOfWord,
  elementWord,
  floatText,
  nameText,
  operatorText,
  parseInt64,
} from '../../../shared/onnx/text/words.ts';

it('floats are as short as they can be and exact', () => {
  expect([0.1, 1, 1e-7, 1e21, 16777216, -0].map((value) => floatText(value))).toEqual([
    '0.1',
    '1.0',
    '1e-7',
    '1e+21',
    '16777216.0',
    '-0.0',
  ]);
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Math.fround(Number(floatText(value)))).toBe(value);
    }),
  );
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Number(floatText(value, 64))).toBe(value);
    }),
  );
});

it('names are quoted where they could be taken for something else', () => {
  expect(['x', '', 'a.b', '1a', 'float', 'seq', 'nan'].map(nameText)).toEqual([
    'x',
    '""',
    '"a.b"',
    '"1a"',
    '"float"',
    '"seq"',
    '"nan"',
  ]);
  expect(operatorText('com.microsoft', 'MatMulNBits')).toBe('com.microsoft.MatMulNBits');
  expect(operatorText('a-b.c', 'Op', '2')).toBe('"a-b.c".Op:"2"');
});

it('words of types go both ways', () => {
  expect(elementWord('float32')).toBe('float');
  expect([elementOfWord('double'), elementOfWord('float64'), elementOfWord('int2')]).toEqual([
    'float64',
    undefined,
    'int2',
  ]);
});

it('bytes that are no UTF-8 are hex, a byte order mark is kept', () => {
  expect(bytesText(Uint8Array.of(0xff, 1))).toBe('x"ff01"');
  expect(JSON.parse(bytesText(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)))).toBe('\ufeffa');
});

it('int64 stay exact', () => {
  expect(parseInt64('-5')).toBe(-5);
  expect(parseInt64('9007199254740993')).toBe(9007199254740993n);
  expect(() => parseInt64('9223372036854775808')).toThrow('is no int64');
});
