import { expect, it } from 'vitest';
import { convertKeras } from '../../../shared/formats/keras/convert-keras.ts';
import type { Json } from '../../../shared/formats/keras/layer.ts';
import { namedWeights } from '../../../shared/formats/keras/named-weights.ts';
import { casesOfFile, errorOfCase, TOLERANCE } from './_cases.ts';

it.each(casesOfFile('model-conversion'))('$name gives what Keras gives', async (item) => {
  expect(await errorOfCase(item)).toBeLessThanOrEqual(TOLERANCE);
});

const convert = (config: Json) =>
  convertKeras(config, (b) => namedWeights(b, []), { title: 'm.keras', keras: 3 });

const functional = (layers: Json[], output: Json) => ({
  class_name: 'Functional',
  config: {
    name: 'f',
    layers: [
      {
        class_name: 'InputLayer',
        name: 'x',
        config: { batch_shape: [null, 3] },
        inbound_nodes: [],
      },
      ...layers,
    ],
    input_layers: [['x', 0, 0]],
    output_layers: [output],
  },
});

const relu = (name: string, from: string) => ({
  class_name: 'ReLU',
  name,
  config: {},
  inbound_nodes: [[[from, 0, 0, {}]]],
});

it.each<[string, Json, RegExp]>([
  [
    'a cycle',
    functional([relu('a', 'b'), relu('b', 'a')], ['a', 0, 0]),
    /waits for itself: the model has a cycle/,
  ],
  [
    'a layer that is not there',
    functional([relu('a', 'z')], ['a', 0, 0]),
    /call 0 of the layer "z" is read/,
  ],
  [
    'an output that a layer does not have',
    functional([relu('a', 'x')], ['a', 0, 7]),
    /output 7 of the layer "a"/,
  ],
])('%s is a broken model', (_, config, message) => {
  expect(() => convert(config)).toThrow(message);
});

it('a chain of many layers needs no stack', () => {
  const layers = Array.from({ length: 5000 }, (_, index) =>
    relu(`l${index}`, index === 0 ? 'x' : `l${index - 1}`),
  );
  const { model } = convert(functional(layers, ['l4999', 0, 0]));
  expect(model.graph.nodes.length).toBeGreaterThanOrEqual(5000);
});

it('models that lie in each other without end are refused', () => {
  let inner: Json = { class_name: 'Sequential', config: { name: 's', layers: [] } };
  for (let level = 0; level < 45; level++)
    inner = { class_name: 'Sequential', config: { name: 's', layers: [inner] } };
  expect(() => convert(inner)).toThrow(/deep inside of each other/);
});

it('wrappers that lie in each other without end are refused', () => {
  let inner: Json = { class_name: 'ReLU', config: { name: 'r' } };
  for (let level = 0; level < 45; level++)
    inner = { class_name: 'SpectralNormalization', config: { name: 's', layer: inner } };
  const input = { class_name: 'InputLayer', config: { name: 'x', batch_shape: [null, 3] } };
  expect(() =>
    convert({ class_name: 'Sequential', config: { name: 's', layers: [input, inner] } }),
  ).toThrow(/deep inside of each other/);
});
