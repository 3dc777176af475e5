import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../../shared/formats/saved-model/initial-values.ts';
import { attribute, floatTensor, node, rawGraph, textTensor } from '../tf/proto/_wire.ts';

const constant = (name: string, tensor: Uint8Array): Uint8Array =>
  node(`${name} = Const()`, attribute.tensor('value', tensor));

describe('settingsOf', () => {
  it('TensorFlow 1: assignments that a node waits for', () => {
    const graph = rawGraph([
      node('w = VariableV2()'),
      node('b = VariableV2()'),
      constant('names', textTensor('layer/w', 'layer/b')),
      constant('slices', textTensor('', '4 0,2')),
      node('restored = RestoreV2(prefix, names, slices)'),
      node('set_w = Assign(w, restored)'),
      node('set_b = Assign(b, restored:1)'),
      node('all = NoOp(^set_w, ^set_b)'),
    ]);
    expect(settingsOf(graph, ['all']).map(({ target, origins }) => [target, ...origins])).toEqual([
      ['b', { kind: 'checkpoint', key: 'layer/b', slice: [{ start: 0, length: 2 }] }],
      ['w', { kind: 'checkpoint', key: 'layer/w', slice: undefined }],
    ]);
  });

  it('TensorFlow 2: assignments in a function', () => {
    const graph = rawGraph(
      [
        node('w = VarHandleOp()'),
        node('go = StatefulPartitionedCall(prefix, w)', attribute.function('f', 'restore')),
      ],
      {
        restore: {
          parameters: ['prefix', 'variable'],
          results: {},
          nodes: [
            constant('names', textTensor('a', 'key')),
            node('read = RestoreV2(prefix, names:output:0, slices:output:0)'),
            node('value = Identity(read:tensors:1)'),
            node('set = AssignVariableOp(variable, value:output:0)'),
          ],
        },
      },
    );
    expect(settingsOf(graph, ['go'])).toMatchObject([
      { target: 'w', op: 'AssignVariableOp', origins: [{ kind: 'checkpoint', key: 'key' }] },
    ]);
  });

  it('constants, assets, and what is computed', () => {
    const graph = rawGraph([
      node('w = VariableV2()'),
      node('t = HashTableV2()'),
      node('u = VariableV2()'),
      constant('start', floatTensor([1], 5)),
      node('path = Placeholder()'),
      node('random = RandomUniform(shape)'),
      node('set_w = Assign(w, start)'),
      node('set_t = InitializeTableFromTextFileV2(t, path)'),
      node('set_u = Assign(u, gone)'),
      node('all = NoOp(^set_w, ^set_t, ^set_u)'),
    ]);
    const settings = new Map(
      settingsOf(graph, ['all']).map(({ target, origins }) => [target, origins]),
    );
    expect(settings.get('w')).toMatchObject([{ kind: 'constant', tensor: { dims: [1] } }]);
    expect(settings.get('t')).toEqual([{ kind: 'node', name: 'path' }]);
    expect(settings.get('u')).toEqual([undefined]);
  });
});
