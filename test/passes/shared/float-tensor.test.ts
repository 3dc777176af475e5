import { expect, it } from 'vitest';
import { floatTensor, isFusedType } from '../../../shared/passes/shared/float-tensor.ts';
import { doubleValues } from '../../../shared/rewrite/constants.ts';

it('rounds to the type', () => {
  const [single, half] = (['float32', 'float16'] as const).map((type) =>
    floatTensor('t', type, [2], [1 / 3, -2]),
  );
  expect(single && doubleValues(single)).toEqual(Float32Array.of(1 / 3, -2));
  expect(half?.type).toBe('float16');
  expect(half && doubleValues(half)).toEqual(Float32Array.of(0.333251953125, -2));
});

it('knows what fused kernels take', () => {
  expect(['float32', 'float16', 'float64', undefined].map(isFusedType)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
