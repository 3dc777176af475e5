import { expect, it } from 'vitest';
import { convertKeras } from '../../../shared/formats/keras/convert-keras.ts';
import type { Json } from '../../../shared/formats/keras/layer.ts';
import { namedWeights } from '../../../shared/formats/keras/named-weights.ts';
import { casesOf, fileOfCase } from './_cases.ts';

const convert = (config: Json, opset?: number) =>
  convertKeras(config, (b) => namedWeights(b, []), { title: 'm.keras', keras: 3, opset });

const input = (config: object): Json => ({
  class_name: 'InputLayer',
  config: { name: 'x', ...config },
});
const sequential = (...layers: Json[]): Json => ({
  class_name: 'Sequential',
  config: { name: 's', layers },
});
const layer = (className: string, name: string, config: object = {}): Json => ({
  class_name: className,
  config: { name, ...config },
});

it('every case of the fixtures is run by the test of one file', () => {
  expect(
    casesOf(/./)
      .filter((item) => fileOfCase(item) === undefined)
      .map(({ name }) => name),
  ).toEqual([]);
});

it('inputs and outputs have the names of their layers; free sizes have names', () => {
  const { inputs, outputs } = convert(
    sequential(input({ batch_shape: [null, null, 3] }), layer('ReLU', 'last')),
  ).model.graph;
  expect(inputs).toEqual([
    { name: 'x', type: { kind: 'tensor', elementType: 'float32', shape: ['batch', 'x_dim1', 3] } },
  ]);
  expect(outputs.map(({ name }) => name)).toEqual(['last']);
});

it('a Sequential model that knows its shape from elsewhere gets an input', () => {
  const { inputs } = convert(
    sequential(layer('ReLU', 'a', { batch_input_shape: [null, 2] }), layer('ReLU', 'b')),
  ).model.graph;
  expect(inputs.map(({ name }) => name)).toEqual(['a_input']);
});

it('all layers that cannot be converted stand in one message, also those inside', () => {
  const inner = sequential(layer('Lambda', 'inside'), layer('mine>Dense', 'own'));
  expect(() =>
    convert(sequential(input({ batch_shape: [null, 2] }), inner, layer('Strange', 'odd'))),
  ).toThrow(
    /m\.keras cannot be converted: Lambda \(1×: "inside"\).*Dense \(1×: "own"\).*Strange \(1×: "odd"\)/,
  );
});

it('several things that stand in the way of known layers stand in one message', () => {
  const config = sequential(input({ batch_shape: [null, 2] }), layer('Dense', 'a'));
  expect(() => convert(config)).toThrow(
    /Dense \(1×: "a"\) – it has 2 variables, and the file holds 0/,
  );
});

it.each<[string, Json, RegExp]>([
  [
    'no shape',
    sequential(input({}), layer('ReLU', 'r')),
    /no shape of its input "x" is in the file/,
  ],
  [
    'a ragged input',
    sequential(input({ batch_shape: [null, 2], ragged: true }), layer('ReLU', 'r')),
    /ragged/,
  ],
  [
    'a strange type',
    sequential(input({ batch_shape: [null, 2], dtype: 'complex64' }), layer('ReLU', 'r')),
    /has the type/,
  ],
  [
    'a strange shape',
    sequential(input({ batch_shape: [null, 'x'] }), layer('ReLU', 'r')),
    /has the shape/,
  ],
  [
    'a shape that nests without end',
    sequential(
      input({ batch_shape: JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) }),
      layer('ReLU', 'r'),
    ),
    /nests more than/,
  ],
  ['no layers', sequential(), /has no layers/],
])('%s is told', (_, config, message) => {
  expect(() => convert(config)).toThrow(message);
});

it('the opset is the one that was asked for', () => {
  const config = sequential(input({ batch_shape: [null, 2] }), layer('ReLU', 'r'));
  expect(convert(config, 21).model.opsets.get('')).toBe(21);
  expect(convert(config).model.opsets.get('')).toBe(17);
});
