import { expect, it } from 'vitest';
import { constantPeak } from '../../../../shared/compress/quantize/float16/constant-peak.ts';
import { float32Tensor } from '../../../../shared/onnx/make-tensor.ts';

it('is the largest finite size', () => {
  const peak = (...values: number[]) => constantPeak(float32Tensor('w', [values.length], values));
  expect(peak(1, -3, 2)).toBe(3);
  expect(peak(1, Number.NEGATIVE_INFINITY, Number.NaN)).toBe(1);
  expect(peak(-3.4028234663852886e38)).toBe(3.4028234663852886e38);
  expect(peak(0, -0)).toBe(0);
  expect(peak()).toBe(0);
});
