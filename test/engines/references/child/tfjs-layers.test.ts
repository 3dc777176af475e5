import { layers, model as makeModel, sequential, setBackend, tensor } from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import {
  layersRunner,
  type TfjsLayersLibrary,
  type TfjsLayersModel,
} from '../../../../shared/engines/references/child/tfjs-layers.ts';

beforeAll(async () => {
  await setBackend('cpu');
});

test('inputs and outputs go by the names of layers or by position; layers can be tapped', async () => {
  const built = sequential({
    layers: [
      layers.dense({ units: 2, inputShape: [2], kernelInitializer: 'ones', name: 'first' }),
      layers.activation({ activation: 'relu', name: 'second' }),
    ],
  });
  const tf = { tensor, model: makeModel } as object as TfjsLayersLibrary;
  const runner = layersRunner(tf, built as object as TfjsLayersModel, {
    inputs: ['anything'],
    outputs: ['second'],
  });
  const anything = { type: 'float32', dims: [2, 2], data: Float32Array.of(1, 2, -3, 1) } as const;
  expect(await runner.run({ anything })).toEqual({
    second: { type: 'float32', dims: [2, 2], data: Float32Array.of(3, 3, 0, 0) },
  });
  expect(await runner.tap?.({ anything }, ['first', 'nowhere'])).toEqual({
    first: { type: 'float32', dims: [2, 2], data: Float32Array.of(3, 3, -2, -2) },
  });
});
