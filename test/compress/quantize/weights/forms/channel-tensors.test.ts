import { expect, it } from 'vitest';
import { addChannelTensors } from '../../../../../shared/compress/quantize/weights/forms/channel-tensors.ts';
import type { StoredTensor } from '../../../../../shared/onnx/stored-tensor.ts';
import { readRaw } from '../../../../../shared/onnx/tensor-data.ts';
import { weight } from '../../_numeric.ts';

it('adds two tensors that are computed when they are read, and again', () => {
  const added: StoredTensor[] = [];
  const names = addChannelTensors(
    {
      add: (tensor) => {
        added.push(tensor);
        return tensor.name;
      },
      insert: () => {},
      name: (suffix) => `w_${suffix}`,
    },
    {
      position: 1,
      tensor: weight('w', [4, 3]),
      layout: { outer: 4, channels: 3, inner: 1, axis: 1, scaleDims: [1, 3] },
    },
    [3],
  );
  expect(names).toEqual({ codes: 'w_int8', scales: 'w_scale' });
  expect(added.map(({ type, dims, storage }) => [type, dims, storage.kind])).toEqual([
    ['int8', [4, 3], 'computed'],
    ['float32', [3], 'computed'],
  ]);
  const first = added.map((tensor) => [...readRaw(tensor)]);
  expect(added.map((tensor) => [...readRaw(tensor)])).toEqual(first);
});
