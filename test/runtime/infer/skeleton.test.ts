import { describe, expect, it } from 'vitest';
import { computedTensor, float32Tensor, int64Tensor } from '../../../shared/onnx/make-tensor.ts';
import type { Model, Node, ValueType } from '../../../shared/onnx/model.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';
import {
  buildSkeleton,
  constantOf,
  keepsValues,
  nodeNamed,
} from '../../../shared/runtime/infer/skeleton.ts';
import { body, graph, model, node, ops } from '../../onnx/_build.ts';

const float = (...shape: number[]): ValueType => ({
  kind: 'tensor',
  elementType: 'float32',
  shape,
});
const unreadable = (name: string, elements: number) =>
  computedTensor(name, 'float32', [elements], () => {
    throw new Error('the weights were read');
  });

function skeletonOf(nodes: readonly Node[], given: [string, ValueType][]): Model {
  return buildSkeleton({
    model: model(graph([], [], [])),
    nodes,
    given: new Map(given),
    constants: new Map([['k', int64Tensor('k', [1], [3])]]),
    known: new Map(),
    outputs: nodes.flatMap(({ outputs }) => outputs),
  });
}

describe('buildSkeleton', () => {
  it('takes only what its nodes read', () => {
    const { graph: main } = skeletonOf(
      [node('Add', ['x', 'w'], ['y']), node('Reshape', ['y', 'k'], ['z'])],
      [
        ['x', float(3)],
        ['w', float(3)],
        ['k', float(1)],
        ['unread', float(9)],
      ],
    );
    expect(main.inputs.map(({ name }) => name)).toEqual(['x', 'w']);
    expect([...main.initializers.keys()]).toEqual(['k']);
    expect(main.outputs).toEqual([
      { name: 'y', type: null },
      { name: 'z', type: null },
    ]);
  });

  it('names nodes so that a message leads back, from inside a body too', () => {
    const inner = graph([node('Relu', ['x'], ['r']), node('Neg', ['r'], ['n'])], [], ['n']);
    const nodes = [
      node('Relu', ['x'], ['y']),
      node('If', ['c'], ['z'], [body('then_branch', inner), body('else_branch', inner)]),
    ];
    const { graph: main } = skeletonOf(nodes, [
      ['x', float(3)],
      ['c', float()],
    ]);
    const inside = main.nodes[1]?.attributes.get('else_branch');
    const names = inside?.type === 'graph' ? inside.value.nodes.map(({ name }) => name) : [];
    expect(new Set(names).size).toBe(2);
    expect(names.map((name) => nodeNamed(`Node (${name}) failed`, nodes))).toEqual([
      nodes[1],
      nodes[1],
    ]);
    expect(nodeNamed(`Node (${main.nodes[0]?.name}) Op`, nodes)).toBe(nodes[0]);
    expect(nodeNamed('something else', nodes)).toBeUndefined();
  });

  it('computes large constants of bodies from their shapes', () => {
    const value = unreadable('', 5000);
    const inner = graph(
      [
        node('Constant', [], ['c'], [['value', { type: 'tensor', value }]]),
        node('Add', ['c', 'w'], ['s']),
      ],
      [],
      ['s'],
      { initializers: new Map([['w', unreadable('w', 5000)]]) },
    );
    const branches = [body('then_branch', inner), body('else_branch', inner)];
    const skeleton = skeletonOf([node('If', ['b'], ['z'], branches)], [['b', float()]]);
    expect(encodeModel(skeleton).length).toBeLessThan(2000);
    const inside = skeleton.graph.nodes[0]?.attributes.get('then_branch');
    expect(inside?.type === 'graph' && ops(inside.value)).toEqual([
      'Constant()→w:fettle_shape',
      'ConstantOfShape(w:fettle_shape)→w',
      'Constant()→c:fettle_shape',
      'ConstantOfShape(c:fettle_shape)→c',
      'Add(c,w)→s',
    ]);
  });
});

it('keepsValues: up to 1 KB, and of types that can be passed', () => {
  expect(keepsValues(float32Tensor('', [256], new Float32Array(256)))).toBe(true);
  expect(keepsValues(float32Tensor('', [257], new Float32Array(257)))).toBe(false);
  expect(keepsValues(computedTensor('', 'int4', [2], () => new Uint8Array(1)))).toBe(false);
});

it('constantOf: the tensor of a Constant, also a sparse one', () => {
  const value = float32Tensor('', [1], [1]);
  expect(constantOf(node('Constant', [], ['c'], [['value', { type: 'tensor', value }]]))).toBe(
    value,
  );
  const sparse = { values: value, indices: int64Tensor('', [1], [4]), dims: [9] };
  expect(
    constantOf(
      node('Constant', [], ['c'], [['sparse_value', { type: 'sparse-tensor', value: sparse }]]),
    ),
  ).toMatchObject({ type: 'float32', dims: [9] });
  expect(
    constantOf(node('Constant', [], ['c'], [['value_int', { type: 'int', value: 1 }]])),
  ).toBeUndefined();
  expect(constantOf(node('Relu', ['x'], ['c']))).toBeUndefined();
});
