import { describe, expect, it } from 'vitest';
import {
  decodeFloat16,
  fromBfloat16Bits,
  fromFloat16Bits,
  toBfloat16Bits,
  toFloat16Bits,
} from '../../shared/base/float16.ts';

describe('float16', () => {
  it('gives every finite float16 back as it was', () => {
    const wrong = Array.from({ length: 65536 }, (_, half) => half).filter((half) => {
      const value = fromFloat16Bits(half);
      return !Number.isNaN(value) && toFloat16Bits(value) !== half;
    });
    expect(wrong).toEqual([]);
  });

  it('agrees with the runtime on values between two float16', () => {
    // Float16Array is an independent implementation; Node 24 has it, Node 22 does not.
    const native: unknown = Reflect.get(Math, 'f16round');
    expect(typeof native).toBe('function');
    const wrong: number[] = [];
    let state = 1;
    for (let i = 0; i < 200_000; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const value = Math.fround(((state / 2 ** 32) * 2 - 1) * 2 ** ((i % 45) - 27));
      const expected = typeof native === 'function' ? native(value) : Number.NaN;
      if (!Object.is(fromFloat16Bits(toFloat16Bits(value)), expected)) wrong.push(value);
    }
    expect(wrong).toEqual([]);
  });

  it('rounds ties to even and overflows to Infinity', () => {
    expect(fromFloat16Bits(toFloat16Bits(2049))).toBe(2048);
    expect(fromFloat16Bits(toFloat16Bits(2051))).toBe(2052);
    expect(fromFloat16Bits(toFloat16Bits(65519.99))).toBe(65504);
    expect(fromFloat16Bits(toFloat16Bits(65520))).toBe(Number.POSITIVE_INFINITY);
    expect(fromFloat16Bits(toFloat16Bits(2 ** -25))).toBe(0);
    expect(fromFloat16Bits(toFloat16Bits(Number.NaN))).toBeNaN();
  });

  it('decodes arrays as element by element', () => {
    const halves = Uint16Array.of(0, 0x3c00, 0xbc00, 0x7c00, 1);
    expect([...decodeFloat16(halves)]).toEqual([0, 1, -1, Number.POSITIVE_INFINITY, 2 ** -24]);
  });
});

describe('bfloat16', () => {
  it('round-trips its values and rounds ties to even', () => {
    expect(fromBfloat16Bits(toBfloat16Bits(1.5))).toBe(1.5);
    expect(fromBfloat16Bits(toBfloat16Bits(1 + 2 ** -8))).toBe(1);
    expect(fromBfloat16Bits(toBfloat16Bits(1 + 3 * 2 ** -8))).toBe(1 + 2 ** -6);
    expect(fromBfloat16Bits(toBfloat16Bits(Number.NaN))).toBeNaN();
  });
});
