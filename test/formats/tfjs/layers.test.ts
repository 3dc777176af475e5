import { describe, expect, test } from 'vitest';
import { ModelError } from '../../../shared/base/errors.ts';
import type { Json } from '../../../shared/formats/keras/layer.ts';
import { hasLayers, layersTopology } from '../../../shared/formats/tfjs/layers.ts';

const model_config = { class_name: 'Sequential', config: { layers: [] } };

describe('the configuration of a layers-model', () => {
  test.each<[string, Json, 2 | 3]>([
    ['of the converter', { keras_version: '2.15.0', model_config }, 2],
    ['of the converter, from Keras 3', { keras_version: '3.15.1', model_config }, 3],
    ['of tfjs-layers', { keras_version: 'tfjs-layers 4.22.0', ...model_config }, 2],
    ['as text, of toJSON', JSON.stringify(model_config), 2],
    ['as text inside', { model_config: JSON.stringify(model_config) }, 2],
  ])('%s', (_, topology, keras) => {
    expect(hasLayers(topology)).toBe(true);
    expect(layersTopology(topology)).toMatchObject({ keras, config: model_config });
  });

  test('a graph has none', () => {
    expect(hasLayers({ node: [] })).toBe(false);
    expect(hasLayers(null)).toBe(false);
  });

  test.each<[string, Json, RegExp]>([
    ['no class', { model_config: {} }, /class_name of the model is missing/],
    ['text that is no JSON', '{', /a text that is no JSON/],
    ['a list', { model_config: [1] }, /is a list, not an object/],
    [
      'deep nesting',
      JSON.parse(`{"class_name":"A","config":${'['.repeat(5000)}${']'.repeat(5000)}}`),
      /nests/,
    ],
  ])('%s is refused', (_, topology, message) => {
    expect(() => layersTopology(topology)).toThrow(ModelError);
    expect(() => layersTopology(topology)).toThrow(message);
  });
});
