import { expect, it } from 'vitest';
import { cutTensor } from '../../../../shared/compress/prune/slim/cut-tensor.ts';
import { float32Tensor, rawTensor } from '../../../../shared/onnx/make-tensor.ts';
import { floatValues, readRaw } from '../../../../shared/onnx/tensor-data.ts';

const numbers = Array.from({ length: 12 }, (_, at) => at);

it.each([
  [
    [[0, 2], undefined],
    [2, 4],
    [0, 1, 2, 3, 8, 9, 10, 11],
  ],
  [
    [undefined, [1]],
    [3, 1],
    [1, 5, 9],
  ],
  [
    [[1], [0, 3]],
    [1, 2],
    [4, 7],
  ],
  [[undefined, undefined], [3, 4], numbers],
])('keeps %j of rows and columns', (kept, dims, values) => {
  const cut = cutTensor(float32Tensor('t', [3, 4], numbers), kept);
  expect([cut.name, cut.dims, [...floatValues(cut)]]).toEqual(['t', dims, values]);
});

it('cuts an axis in the middle, of elements of any whole bytes', () => {
  const cut = cutTensor(rawTensor('t', 'int8', [2, 3, 2], Uint8Array.from(numbers)), [
    undefined,
    [0, 2],
    undefined,
  ]);
  expect([...readRaw(cut)]).toEqual([0, 1, 4, 5, 6, 7, 10, 11]);
});
