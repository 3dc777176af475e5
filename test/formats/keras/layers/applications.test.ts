import { expect, it } from 'vitest';
import { convertKeras } from '../../../../shared/formats/keras/convert-keras.ts';
import { pathWeights } from '../../../../shared/formats/keras/path-weights.ts';
import { float32Tensor } from '../../../../shared/onnx/make-tensor.ts';
import { runModel } from '../_run.ts';

it('LayerScale multiplies channels, StochasticDepth does nothing', async () => {
  const layers = [
    { class_name: 'InputLayer', config: { name: 'x', batch_shape: [null, 3] } },
    { class_name: 'LayerScale', config: { name: 'scale' } },
    { class_name: 'StochasticDepth', config: { name: 'drop' } },
  ];
  const store = {
    has: () => true,
    variables: (path: string) =>
      path === 'layers/layer_scale' ? [float32Tensor('gamma', [3], [1, 2, 3])] : [],
  };
  const { model } = convertKeras(
    { class_name: 'Sequential', config: { name: 's', layers } },
    (b) => pathWeights(b, store),
    { title: 'm', keras: 3 },
  );
  const results = await runModel(model, {
    x: { type: 'float32', dims: [1, 3], data: Float32Array.of(5, 6, 7) },
  });
  expect([...(results.drop?.data ?? [])]).toEqual([5, 12, 21]);
});
