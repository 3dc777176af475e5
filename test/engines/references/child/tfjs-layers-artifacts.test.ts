import { expect, test } from 'vitest';
import { layersArtifacts } from '../../../../shared/engines/references/child/tfjs-layers-artifacts.ts';

test('weights that Keras 3 renamed get the names that tfjs-layers knows, nested ones too', () => {
  const depthwise = (name: string) => ({ class_name: 'DepthwiseConv2D', config: { name } });
  const inner = { class_name: 'Sequential', config: { name: 's', layers: [depthwise('b')] } };
  const dense = { class_name: 'Dense', config: { name: 'c' } };
  const modelTopology = {
    keras_version: '3.15.1',
    model_config: { class_name: 'Sequential', config: { layers: [depthwise('a'), inner, dense] } },
  };
  const weightSpecs = ['a/kernel', 'a/bias', 'b/kernel', 'c/kernel'].map((name) => ({ name }));
  const made = layersArtifacts({ modelTopology, weightSpecs });
  expect(made.weightSpecs).toEqual(
    ['a/depthwise_kernel', 'a/bias', 'b/depthwise_kernel', 'c/kernel'].map((name) => ({ name })),
  );
});
