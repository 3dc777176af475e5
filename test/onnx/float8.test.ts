import { expect, it } from 'vitest';
import { decodeFloat8 } from '../../shared/onnx/float8.ts';

it.each([
  ['float8e4m3fn', [0x38, 0x7e, 0x01, 0x7f], [1, 448, 2 ** -9, Number.NaN]],
  ['float8e5m2', [0x3c, 0x7b, 0xfc], [1, 57344, Number.NEGATIVE_INFINITY]],
  ['float8e4m3fnuz', [0x80, 0x40, 0x7f], [Number.NaN, 1, 240]],
  ['float8e5m2fnuz', [0x80, 0x40, 0x7f], [Number.NaN, 1, 57344]],
  ['float8e8m0', [127, 130, 255], [1, 8, Number.NaN]],
] as const)('%s', (type, codes, values) => {
  expect([...decodeFloat8(type, Uint8Array.from(codes), codes.length)]).toEqual(values);
});

it('float4e2m1 has two values a byte, low nibble first', () => {
  expect([...decodeFloat8('float4e2m1', Uint8Array.of(0xf1, 0x02), 3)]).toEqual([0.5, -6, 1]);
});
