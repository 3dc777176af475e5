import { describe, expect, test } from 'vitest';
import { ModelError } from '../../../shared/base/errors.ts';
import type { JsonObject } from '../../../shared/formats/keras/layer.ts';
import type { TfAttribute, TfNode } from '../../../shared/formats/tf/tf-graph.ts';
import { portsOf } from '../../../shared/formats/tfjs/ports.ts';

const node = (
  name: string,
  op: string,
  inputs: readonly string[] = [],
  attributes: Record<string, TfAttribute> = {},
): TfNode => ({ name, op, inputs, attributes: new Map(Object.entries(attributes)) });

const nodes = [
  node('x', 'Placeholder', [], {
    dtype: { kind: 'type', value: 'int32' },
    shape: { kind: 'shape', value: [null, 4] },
  }),
  node('w', 'Const'),
  node('a', 'Add', ['x', 'w']),
  node('b', 'Split', ['a:0']),
  node('alone', 'NoOp'),
];

describe('inputs and outputs', () => {
  test('without a signature: placeholders, and what nothing reads', () => {
    expect(portsOf({}, nodes)).toEqual({
      inputs: [{ name: 'x', tensor: 'x', type: 'int32', shape: ['batch', 4] }],
      outputs: [{ name: 'b', tensor: 'b' }],
    });
  });

  test('with one: its keys, shapes and tensors; the type is that of the graph', () => {
    const signature = {
      inputs: { image: { name: 'x:0', dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '1' }] } } },
      outputs: { first: { name: 'b:1' }, second: { name: 'a' } },
    };
    expect(portsOf(signature, nodes)).toEqual({
      inputs: [{ name: 'image', tensor: 'x:0', type: 'int32', shape: [1] }],
      outputs: [
        { name: 'first', tensor: 'b:1' },
        { name: 'second', tensor: 'a' },
      ],
    });
  });

  test('an input of unknown rank has no shape', () => {
    const x = node('x', 'Placeholder', [], { dtype: { kind: 'type', value: 'float32' } });
    const { inputs } = portsOf({}, [x, node('y', 'Relu', ['x'])]);
    expect(inputs).toMatchObject([{ shape: null }]);
  });

  test.each<[string, JsonObject, readonly TfNode[], RegExp]>([
    ['a signature of another graph', { outputs: { y: { name: 'z' } } }, nodes, /names 'z'/],
    ['an output without a tensor', { outputs: { y: 3 } }, nodes, /tensor of the output 'y'/],
    ['no inputs', {}, nodes.slice(1), /no inputs/],
    ['no outputs', {}, nodes.slice(0, 1), /no outputs/],
    ['an input of no type', {}, [node('x', 'Placeholder'), node('y', 'Relu', ['x'])], /no tensor/],
  ])('%s is refused', (_, signature, graph, message) => {
    expect(() => portsOf(signature, graph)).toThrow(ModelError);
    expect(() => portsOf(signature, graph)).toThrow(message);
  });
});
