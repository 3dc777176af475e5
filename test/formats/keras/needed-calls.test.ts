import { expect, it } from 'vitest';
import { parseModel, TensorReference } from '../../../shared/formats/keras/model-config.ts';
import { keyOf, neededCalls } from '../../../shared/formats/keras/needed-calls.ts';

const layer = (name: string, ...calls: string[]) => ({
  class_name: 'ReLU',
  name,
  config: {},
  inbound_nodes: calls.map((from) => [[from, 0, 0, {}]]),
});

const model = parseModel({
  class_name: 'Functional',
  config: {
    layers: [layer('c', 'b'), layer('b', 'a'), layer('a', 'x', 'c'), layer('unused', 'a')],
    input_layers: [],
  },
});

it('each call stands behind those that it reads, and none is there that nobody reads', () => {
  const calls = neededCalls(model, new Set(['x/0']), [new TensorReference('a', 1, 0)]);
  expect(calls.map(({ key }) => key)).toEqual(['a/0', 'b/0', 'c/0', 'a/1']);
});

it('a call that the model does not have is told', () => {
  const end = new TensorReference('a', 2, 0);
  expect(keyOf(end)).toBe('a/2');
  expect(() => neededCalls(model, new Set(['x/0']), [end])).toThrow('call 2 of the layer "a"');
});
