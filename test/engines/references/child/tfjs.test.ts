import * as tfjs from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { openTfjs, openTfjsLayers } from '../../../../shared/engines/references/child/tfjs.ts';
import { folderOf, small, smallShards } from '../../../formats/tfjs/_model.ts';

const x = { type: 'float32', dims: [1, 2], data: Float32Array.of(4, 5) } as const;

test('a graph-model', async () => {
  const ports = { inputs: ['x:0'], outputs: ['y'] };
  const { run } = await openTfjs(tfjs, folderOf(small, smallShards), ports);
  expect((await run({ 'x:0': x })).y?.data).toEqual(Float32Array.of(5, 3));
});

test('layers with their weights', async () => {
  const config = {
    class_name: 'Sequential',
    config: {
      name: 'm',
      layers: [
        { class_name: 'Dense', config: { name: 'd', units: 1, batch_input_shape: [null, 2] } },
      ],
    },
  };
  const weights = { d: [Float32Array.of(2, 3), Float32Array.of(1)] };
  const ports = { inputs: ['x'], outputs: ['d'] };
  const { run } = await openTfjsLayers({ default: tfjs }, { config, weights }, ports);
  expect((await run({ x })).d?.data).toEqual(Float32Array.of(24));
});
