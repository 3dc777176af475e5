import { expect, test } from 'vitest';
import type { Tensor } from '../../shared/base/tensor.ts';
import {
  checkOutput,
  checkOutputs,
  isNanAlone,
  mergeChecks,
} from '../../shared/measure/check-output.ts';

const floats = (...values: number[]): Tensor => ({
  type: 'float32',
  dims: [values.length],
  data: Float32Array.from(values),
});
const bytes = (...values: number[]): Tensor => ({
  type: 'int8',
  dims: [values.length],
  data: Int8Array.from(values),
});

test('floats may differ by a part of the largest value', () => {
  expect(checkOutput('y', floats(100, 1), floats(100.005, 1))).toMatchObject({
    magnitude: 100,
    isWithinTolerance: true,
  });
  expect(checkOutput('y', floats(100, 1), floats(100, 1.02))).toMatchObject({
    isWithinTolerance: false,
    why: expect.stringContaining('another order'),
  });
});

test('saturated outputs are not told apart below what float32 rounds inside', () => {
  expect(checkOutput('y', floats(8e-7), floats(7.6e-7)).isWithinTolerance).toBe(true);
  expect(checkOutput('y', floats(8e-7), floats(3e-6)).isWithinTolerance).toBe(false);
});

test('what the source’s runtime rounds is allowed for, and named', () => {
  const rounding = { relative: 0.02, why: '8-bit activations' };
  expect(checkOutput('y', floats(1), floats(1.015), rounding)).toMatchObject({
    isWithinTolerance: true,
    why: '0.020 of the largest value: 8-bit activations',
  });
  expect(checkOutput('y', floats(1), floats(1.03), rounding).isWithinTolerance).toBe(false);
  expect(checkOutput('y', floats(1), floats(1.015)).isWithinTolerance).toBe(false);
});

test('NaN on one side, another shape and a missing output never agree', () => {
  expect(checkOutput('y', floats(1, 2), floats(1, Number.NaN)).isWithinTolerance).toBe(false);
  expect(checkOutput('y', floats(1, 2), floats(1)).broken).toBe(2);
  expect(checkOutputs({ y: floats(1) }, {})[0]).toMatchObject({ isWithinTolerance: false });
});

test('NaN on both sides is equal and no proof; beside numbers it is passed over', () => {
  const nan = checkOutput('y', floats(Number.NaN, Number.NaN), floats(Number.NaN, Number.NaN));
  expect(nan).toMatchObject({ isWithinTolerance: true, nan: 2, compared: 0 });
  expect(isNanAlone(nan)).toBe(true);
  const partly = checkOutput('y', floats(1, Number.NaN), floats(1, Number.NaN));
  expect(partly).toMatchObject({ isWithinTolerance: true, nan: 1, compared: 1 });
  expect(isNanAlone(partly)).toBe(false);
  const [merged] = mergeChecks([[nan], [partly]]);
  expect(merged).toMatchObject({ nan: 3, compared: 1 });
  expect(isNanAlone(checkOutput('y', floats(Number.NaN), floats(1)))).toBe(false);
});

test('quantized outputs may differ by one step, other integers not at all', () => {
  expect(checkOutput('y', bytes(3, -7), bytes(4, -7)).isWithinTolerance).toBe(true);
  expect(checkOutput('y', bytes(3, -7), bytes(5, -7)).isWithinTolerance).toBe(false);
  const whole = (value: number): Tensor => ({
    type: 'int32',
    dims: [1],
    data: Int32Array.of(value),
  });
  expect(checkOutput('y', whole(3), whole(4)).isWithinTolerance).toBe(false);
});

test('text is equal or not', () => {
  const text = (...data: string[]): Tensor => ({ type: 'string', dims: [data.length], data });
  expect(checkOutput('y', text('a', 'b'), text('a', 'b')).isWithinTolerance).toBe(true);
  expect(checkOutput('y', text('a', 'b'), text('a', 'c'))).toMatchObject({
    broken: 1,
    isWithinTolerance: false,
  });
});

test('over samples the largest error stands against the largest value', () => {
  const merged = mergeChecks([
    checkOutputs({ y: floats(1) }, { y: floats(1.0005) }),
    checkOutputs({ y: floats(10) }, { y: floats(10) }),
  ]);
  expect(merged).toHaveLength(1);
  expect(merged[0]).toMatchObject({ magnitude: 10, isWithinTolerance: true });
  expect(merged[0]?.maxAbsError).toBeCloseTo(0.0005, 6);
});
