import { describe, expect, test } from 'vitest';
import { ModelError } from '../../../shared/base/errors.ts';
import { numberTensor } from '../../../shared/formats/build/number-tensor.ts';
import type { Json } from '../../../shared/formats/keras/layer.ts';
import { nodeOf } from '../../../shared/formats/tfjs/node.ts';

const weights = new Map([['w', { ...numberTensor([1, 2], 'int32'), name: 'w' }]]);

describe('a node in JSON', () => {
  test('has inputs, controls and attributes', () => {
    const json = {
      name: 'n',
      op: 'Add',
      input: ['a', 'b:1', '^c'],
      attr: { T: { type: 'DT_FLOAT' }, nothing: {} },
    };
    expect(nodeOf(json, weights)).toEqual({
      name: 'n',
      op: 'Add',
      inputs: ['a', 'b:1'],
      controls: ['c'],
      attributes: new Map([['T', { kind: 'type', value: 'float32' }]]),
    });
  });

  test('a constant takes its weights in the type that it declares', () => {
    const node = nodeOf({ name: 'w', op: 'Const', attr: { dtype: { type: 'DT_INT64' } } }, weights);
    expect(node.attributes.get('value')).toMatchObject({ value: { type: 'int64', dims: [2] } });
  });

  test.each<[string, Json, RegExp]>([
    ['no object', 5, /a node of the graph is a number/],
    ['no op', { name: 'x' }, /the op of node 'x' is missing/],
    ['inputs that are none', { name: 'x', op: 'Y', input: [1] }, /an input of node 'x'/],
    ['a constant without weights', { name: 'v', op: 'Const' }, /'v' has no weights/],
  ])('%s is refused', (_, json, message) => {
    expect(() => nodeOf(json, weights)).toThrow(ModelError);
    expect(() => nodeOf(json, weights)).toThrow(message);
  });
});
