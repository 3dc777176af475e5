import { describe, expect, test } from 'vitest';
import { ModelError } from '../../../shared/base/errors.ts';
import { numberTensor } from '../../../shared/formats/build/number-tensor.ts';
import type { JsonObject } from '../../../shared/formats/keras/layer.ts';
import { graphOf } from '../../../shared/formats/tfjs/graph.ts';
import { small } from './_model.ts';

const w = { ...numberTensor([1, -2], 'float32'), name: 'w' };
const weights = new Map([['w', w]]);

describe('a graph in JSON', () => {
  test('constants take their weights, control inputs are left out', () => {
    const { nodes, inputs, outputs } = graphOf(small, weights);
    expect(nodes.map(({ name, op, inputs }) => [name, op, ...inputs])).toEqual([
      ['x', 'Placeholder'],
      ['w', 'Const'],
      ['sum', 'AddV2', 'x', 'w'],
      ['Relu', 'Relu', 'sum'],
    ]);
    expect(nodes[1]?.attributes.get('value')).toEqual({ kind: 'tensor', value: w });
    expect(inputs).toEqual([{ name: 'x:0', tensor: 'x:0', type: 'float32', shape: ['batch', 2] }]);
    expect(outputs).toEqual([{ name: 'y', tensor: 'Relu:0' }]);
  });

  test('old converters put the signature among the metadata', () => {
    const { signature, ...rest } = small;
    const { outputs } = graphOf({ ...rest, userDefinedMetadata: { signature } }, weights);
    expect(outputs).toEqual([{ name: 'y', tensor: 'Relu:0' }]);
  });

  const topology = (node: JsonObject[string]): JsonObject => ({ modelTopology: { node } });

  test.each<[string, JsonObject, RegExp]>([
    ['no topology', {}, /modelTopology is missing/],
    ['nodes that are none', topology([5]), /a node of the graph is a number/],
    ['a node without an op', topology([{ name: 'x' }]), /the op of node 'x' is missing/],
    [
      'inputs that are none',
      topology([{ name: 'x', op: 'Y', input: [1] }]),
      /an input of node 'x'/,
    ],
    [
      'two nodes of one name',
      topology([...small.modelTopology.node, { name: 'x', op: 'NoOp' }]),
      /one name/,
    ],
    ['a constant without weights', topology([{ name: 'v', op: 'Const' }]), /'v' has no weights/],
  ])('%s is refused', (_, json, message) => {
    expect(() => graphOf(json, weights)).toThrow(ModelError);
    expect(() => graphOf(json, weights)).toThrow(message);
  });
});
