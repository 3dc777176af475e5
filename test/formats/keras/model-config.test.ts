import { expect, it } from 'vitest';
import type { Json } from '../../../shared/formats/keras/layer.ts';
import {
  isModelEntry,
  parseLayer,
  parseModel,
  referencesOf,
  TensorReference,
} from '../../../shared/formats/keras/model-config.ts';

const tensor = (...history: Json[]) => ({
  class_name: '__keras_tensor__',
  config: { keras_history: history },
});

it('calls of both versions are read alike', () => {
  const two = parseLayer({
    class_name: 'Add',
    config: { name: 'a' },
    inbound_nodes: [
      [
        ['x', 0, 0, {}],
        ['y', 0, 1, { scale: 2 }],
      ],
    ],
  });
  const three = parseLayer({
    class_name: 'Add',
    config: { name: 'a' },
    inbound_nodes: [{ args: [[tensor('x', 0, 0), tensor('y', 0, 1)]], kwargs: { scale: 2 } }],
  });
  const wanted = {
    args: [[new TensorReference('x', 0, 0), new TensorReference('y', 0, 1)]],
    keywords: { scale: 2 },
  };
  expect(two.calls).toEqual([wanted]);
  expect(three.calls).toEqual([wanted]);
});

it('tensors among keywords are references too', () => {
  const { calls } = parseLayer({
    class_name: 'LSTM',
    config: { name: 'l' },
    inbound_nodes: [
      [
        [
          'x',
          0,
          0,
          {
            initial_state: [
              ['s', 0, 0],
              ['s', 0, 1],
            ],
          },
        ],
      ],
    ],
  });
  expect(referencesOf(calls[0]?.keywords ?? {}).map(({ output }) => output)).toEqual([0, 1]);
});

const nested = (reference: number) => ({
  class_name: 'Functional',
  config: {
    name: 'outer',
    layers: [
      { class_name: 'InputLayer', name: 'x', config: { name: 'x' }, inbound_nodes: [] },
      {
        class_name: 'Functional',
        name: 'inner',
        config: { name: 'inner', layers: [], input_layers: [], output_layers: [] },
        inbound_nodes: [[['x', 0, 0, {}]]],
      },
    ],
    input_layers: [['x', 0, 0]],
    output_layers: [['inner', reference, 0]],
  },
});

it.each([0, 1])('the first call of a nested model may be number %i', (reference) => {
  expect(referencesOf(parseModel(nested(reference)).outputs)).toEqual([
    new TensorReference('inner', 0, 0),
  ]);
});

it('operations have a module, or no more than a name', () => {
  expect(
    parseLayer({ class_name: 'Add', module: 'keras.src.ops.numpy', config: { name: 'a' } })
      .isOperation,
  ).toBe(true);
  expect(
    parseLayer({
      class_name: 'Square',
      config: { name: 's' },
      inbound_nodes: [{ args: [], kwargs: {} }],
    }).isOperation,
  ).toBe(true);
  expect(
    parseLayer({ class_name: 'Add', config: { name: 'a', trainable: true } }).isOperation,
  ).toBe(false);
});

it('a class that is written like a functional model is one', () => {
  expect(isModelEntry({ class_name: 'Mine', config: { layers: [], input_layers: [] } })).toBe(true);
  expect(isModelEntry({ class_name: 'Dense', config: {} })).toBe(false);
  expect(isModelEntry(3)).toBe(false);
});

const deep = (levels: number): Json => (levels === 0 ? 0 : [deep(levels - 1)]);

it.each<[Json, RegExp]>([
  [null, /no dictionary/],
  [{ class_name: 'Mine', config: {} }, /of which layers/],
  [{ class_name: 'Sequential', config: { layers: [3] } }, /has no class/],
  [
    { class_name: 'Sequential', config: [{ class_name: 'Dense', config: { name: 4 } }] },
    /has the name 4/,
  ],
  [
    {
      class_name: 'Functional',
      config: {
        layers: [{ class_name: 'Add', config: {}, inbound_nodes: [[3]] }],
        input_layers: [],
      },
    },
    /is called with 3/,
  ],
  [
    {
      class_name: 'Functional',
      config: {
        layers: [{ class_name: 'Add', config: {}, inbound_nodes: [{ args: deep(90) }] }],
        input_layers: [],
      },
    },
    /nested too deeply/,
  ],
])('refuses what is no model: %#', (config, message) => {
  expect(() => parseModel(config)).toThrow(message);
});
