import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toFloat16Bits } from '../../../../shared/base/float16.ts';
import { halfTensor, toHalf } from '../../../../shared/compress/quantize/float16/half-tensor.ts';
import { float32Tensor } from '../../../../shared/onnx/make-tensor.ts';
import { floatValues } from '../../../../shared/onnx/tensor-data.ts';

const half = (...values: number[]): number[] => [
  ...floatValues(halfTensor('h', float32Tensor('w', [values.length], values))),
];

describe('toHalf', () => {
  it('rounds half to even, as the slow conversion does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -65504, max: 65504 })),
        (values) => {
          const kept = values.filter((value) => value === 0 || Math.abs(value) >= 2 ** -24);
          expect([...toHalf(float32Tensor('w', [kept.length], kept))]).toEqual(
            kept.map(toFloat16Bits),
          );
        },
      ),
      { numRuns: 1000 },
    );
    // Halfway between 2048 and 2050, and between 2050 and 2052.
    expect(half(2049, 2051)).toEqual([2048, 2052]);
  });

  it('is right at the borders of its branches', () => {
    const borders = [2 ** -14, 2 ** -14 - 2 ** -25, 2 ** -24, 65504, 65519.99].map(Math.fround);
    expect([...toHalf(float32Tensor('w', [5], borders))]).toEqual(borders.map(toFloat16Bits));
  });

  it('keeps finite numbers finite and others from becoming 0', () => {
    expect(half(1e9, -3.4e38, 65520)).toEqual([65504, -65504, 65504]);
    expect(half(1e-12, -1e-40)).toEqual([2 ** -24, -(2 ** -24)]);
    expect(half(0, -0)).toEqual([0, -0]);
    expect(half(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN)).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ]);
  });

  it('converts tensors of many pieces', () => {
    const values = Float32Array.from({ length: 300_000 }, (_, i) => i / 8);
    const bits = toHalf(float32Tensor('w', [values.length], values));
    expect([bits[262_143], bits[262_144], bits[299_999]]).toEqual(
      [262_143 / 8, 262_144 / 8, 299_999 / 8].map(toFloat16Bits),
    );
  });
});
