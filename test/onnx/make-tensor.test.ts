import { expect, it } from 'vitest';
import { DefectError } from '../../shared/base/errors.ts';
import {
  bytesOf,
  computedTensor,
  float32Tensor,
  int64Tensor,
  rawTensor,
  storeTensor,
} from '../../shared/onnx/make-tensor.ts';
import { readRaw, tensorOf } from '../../shared/onnx/tensor-data.ts';

it('stores values and gives them back', () => {
  expect(tensorOf(float32Tensor('f', [2], [1, 0.1]))).toEqual({
    type: 'float32',
    dims: [2],
    data: Float32Array.of(1, 0.1),
  });
  expect(tensorOf(int64Tensor('i', [1], [-1])).data).toEqual(BigInt64Array.of(-1n));
  const tensor = { type: 'uint16', dims: [1, 2], data: Uint16Array.of(1, 2) } as const;
  expect(tensorOf(storeTensor('u', tensor))).toEqual(tensor);
});

it('does not copy bytes', () => {
  const values = Float32Array.of(1);
  expect(readRaw(float32Tensor('f', [1], values)).buffer).toBe(values.buffer);
});

it('refuses bytes that do not fill the dims', () => {
  expect(() => rawTensor('t', 'int4', [3], new Uint8Array(1))).toThrow(DefectError);
});

it('computes only when read', () => {
  let calls = 0;
  const tensor = computedTensor('t', 'uint8', [1], () => {
    calls++;
    return bytesOf(Uint8Array.of(7));
  });
  expect(calls).toBe(0);
  expect([...readRaw(tensor), calls]).toEqual([7, 1]);
});
