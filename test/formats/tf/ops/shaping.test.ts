import { describe, expect, it } from 'vitest';
import type { Shape } from '../../../../shared/formats/build/dims.ts';
import { numberTensor } from '../../../../shared/formats/build/number-tensor.ts';
import { convertGraph } from '../../../../shared/formats/tf/convert-graph.ts';
import { SHAPING } from '../../../../shared/formats/tf/ops/shaping.ts';
import type { TfAttribute, TfNode } from '../../../../shared/formats/tf/tf-graph.ts';
import type { Graph } from '../../../../shared/onnx/model.ts';
import { integerValues } from '../../../../shared/onnx/tensor-data.ts';
import { testOps } from './_array-cases.ts';

testOps(SHAPING);

const node = (
  name: string,
  op: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, number>> = {},
): TfNode => ({
  name,
  op,
  inputs,
  attributes: new Map(
    Object.entries(attributes).map(([key, value]): [string, TfAttribute] => [
      key,
      { kind: 'int', value },
    ]),
  ),
});

const constant = (name: string, values: readonly number[], dims = [values.length]): TfNode => ({
  name,
  op: 'Const',
  inputs: [],
  attributes: new Map([['value', { kind: 'tensor', value: numberTensor(values, 'int32', dims) }]]),
});

/** `shape(x)[index]`, as Keras writes it. */
const sizeNodes = (index: number): TfNode[] => [
  node('shape', 'Shape', ['x']),
  constant('from', [index]),
  constant('to', [index + 1]),
  constant('by', [1]),
  node('size', 'StridedSlice', ['shape', 'from', 'to', 'by'], { shrink_axis_mask: 1 }),
];

function converted(shape: Shape, nodes: readonly TfNode[]): Graph {
  const { model } = convertGraph(
    {
      nodes: [node('x', 'Placeholder', []), ...nodes],
      functions: new Map(),
      inputs: [{ name: 'x', tensor: 'x', type: 'float32', shape }],
      outputs: [{ name: 'y', tensor: 'y' }],
      notes: [],
    },
    { title: 'the graph' },
  );
  return model.graph;
}

/** Operators, and the sizes that the Reshape is given. */
function summary({ nodes, initializers }: Graph): readonly [string[], readonly number[]] {
  const reshape = nodes.find(({ opType }) => opType === 'Reshape');
  const sizes = initializers.get(reshape?.inputs[1] ?? '');
  return [nodes.map(({ opType }) => opType), sizes ? integerValues(sizes) : []];
}

describe('shape arithmetic folds away', () => {
  it.each<[string, Shape, readonly number[], readonly TfNode[]]>([
    [
      'a batch in front of sizes',
      ['batch', 28, 512],
      [0, 896, 16],
      [
        ...sizeNodes(0),
        constant('a', [896], []),
        constant('b', [16], []),
        node('target', 'Pack', ['size', 'a', 'b']),
        node('y', 'Reshape', ['x', 'target']),
      ],
    ],
    [
      'a batch without a name',
      [null, 28, 512],
      [-1, 896, 16],
      [
        ...sizeNodes(0),
        constant('a', [896], []),
        constant('b', [16], []),
        node('target', 'Pack', ['size', 'a', 'b']),
        node('y', 'Reshape', ['x', 'target']),
      ],
    ],
    [
      'a product of sizes',
      ['batch', 4, 6],
      [-1, 6],
      [
        node('shape', 'Shape', ['x']),
        constant('all', [2], []),
        constant('zero', [0], []),
        constant('front', [0, 1]),
        constant('axes', [0]),
        node('sizes', 'GatherV2', ['shape', 'front', 'zero']),
        node('rows', 'Prod', ['sizes', 'axes']),
        node('width', 'GatherV2', ['shape', 'all', 'zero']),
        node('target', 'Pack', ['rows', 'width']),
        node('y', 'Reshape', ['x', 'target']),
      ],
    ],
    [
      'half of a size',
      ['batch', 8],
      [0, 4, 2],
      [
        ...sizeNodes(1),
        constant('two', [2], []),
        node('half', 'FloorDiv', ['size', 'two']),
        node('all', 'Shape', ['x']),
        constant('zero', [0], []),
        node('batch', 'GatherV2', ['all', 'zero', 'zero']),
        node('target', 'Pack', ['batch', 'half', 'two']),
        node('y', 'Reshape', ['x', 'target']),
      ],
    ],
  ])('with %s', (_, shape, sizes, nodes) => {
    expect(summary(converted(shape, nodes))).toEqual([['Reshape', 'Identity'], sizes]);
  });

  it('of fixed sizes is no node at all', () => {
    const graph = converted(
      [2, 3],
      [
        ...sizeNodes(1),
        constant('one', [1], []),
        node('more', 'AddV2', ['size', 'one']),
        node('limit', 'Maximum', ['more', 'one']),
        node('y', 'Identity', ['limit']),
      ],
    );
    expect(graph.nodes.map(({ opType }) => opType)).toEqual(['Identity']);
    expect([...graph.initializers.values()].map(integerValues)).toEqual([[4]]);
  });
});
