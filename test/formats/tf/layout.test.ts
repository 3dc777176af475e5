/** Chains as image models have them: Transposes stand at the input and the output, and nowhere between. */
import { expect, it } from 'vitest';
import { convertGraph } from '../../../shared/formats/tf/convert-graph.ts';
import type { TfNode } from '../../../shared/formats/tf/tf-graph.ts';
import { constantNode, node, ramp } from './_nodes.ts';

const weights = (name: string, ...dims: readonly number[]): TfNode =>
  constantNode(name, 'float32', dims, ramp(dims.reduce((product, dim) => product * dim, 1)));

const conv = (name: string, x: string, filters = 'w'): TfNode =>
  node(name, 'Conv2D', [x, filters], { strides: [1, 1, 1, 1], padding: 'SAME' });

const norm = (name: string, x: string): TfNode =>
  node(name, 'FusedBatchNormV3', [x, 'v', 'v', 'v', 'v'], { is_training: false });

const pool = (name: string, op: string, x: string): TfNode =>
  node(name, op, [x], { ksize: [1, 2, 2, 1], strides: [1, 2, 2, 1], padding: 'VALID' });

const COMMON = [
  weights('w', 3, 3, 4, 4),
  weights('d', 3, 3, 4, 1),
  weights('v', 4),
  constantNode('size', 'int32', [2], [14, 14]),
  constantNode('odd', 'int32', [2], [2, 2]),
  constantNode('pads', 'int32', [4, 2], [0, 0, 1, 2, 0, 1, 0, 0]),
  constantNode('three', 'int32', [], [3]),
  constantNode('spatial', 'int32', [2], [1, 2]),
];

/** Operators from `x` `[N, 14, 14, 4]` to `y`. */
function opsOf(nodes: readonly TfNode[]): string[] {
  const { model } = convertGraph(
    {
      nodes: [...COMMON, ...nodes],
      functions: new Map(),
      inputs: [{ name: 'x', tensor: 'x', type: 'float32', shape: ['batch', 14, 14, 4] }],
      outputs: [{ name: 'y', tensor: 'y' }],
      notes: [],
    },
    { title: 'chain' },
  );
  return model.graph.nodes.map(({ opType }) => opType).filter((op) => op !== 'Identity');
}

it.each<[string, readonly TfNode[], readonly string[]]>([
  [
    'convolutions, normalization, activation, pool',
    [
      conv('a', 'x'),
      norm('b', 'a'),
      node('c', 'Relu6', ['b']),
      pool('e', 'MaxPool', 'c'),
      conv('y', 'e'),
    ],
    ['Conv', 'BatchNormalization', 'Clip', 'MaxPool', 'Conv'],
  ],
  [
    'a residual with bias and slopes',
    [
      conv('a', 'x'),
      node('b', 'BiasAdd', ['a', 'v']),
      node('c', 'Prelu', ['b', 'v']),
      conv('e', 'c'),
      node('y', 'AddV2', ['e', 'c']),
    ],
    ['Conv', 'Add', 'PRelu', 'Conv', 'Add'],
  ],
  [
    'paddings, joined branches, depthwise',
    [
      conv('z', 'x'),
      node('a', 'Pad', ['z', 'pads']),
      node('b', 'DepthwiseConv2dNative', ['a', 'd'], { strides: [1, 1, 1, 1], padding: 'VALID' }),
      pool('c', 'AvgPool', 'a'),
      pool('e', 'MaxPool', 'a'),
      node('f', 'ConcatV2', ['c', 'e', 'three']),
      node('g', 'DepthToSpace', ['f'], { block_size: 2 }),
      node('h', 'SpaceToDepth', ['g'], { block_size: 2 }),
      node('y', 'LRN', ['h'], {}),
    ],
    ['Conv', 'Pad', 'AveragePool', 'MaxPool', 'Concat', 'DepthToSpace', 'SpaceToDepth', 'LRN'],
  ],
  [
    'resizes',
    [
      conv('a', 'x'),
      node('b', 'ResizeBilinear', ['a', 'size'], { half_pixel_centers: true }),
      node('c', 'ResizeNearestNeighbor', ['b', 'odd']),
      conv('y', 'c'),
    ],
    // Before opset 18 a Resize wants the batch among its sizes.
    ['Conv', 'Shape', 'Concat', 'Resize', 'Gather', 'Gather', 'Conv'],
  ],
])('%s', (_, nodes, inner) => {
  expect(opsOf(nodes)).toEqual(['Transpose', ...inner, 'Transpose']);
});

it('a mean over all pixels leaves nothing to move', () => {
  expect(opsOf([conv('a', 'x'), node('y', 'Mean', ['a', 'spatial'])])).toEqual([
    'Transpose',
    'Conv',
    'ReduceMean',
  ]);
});

it('graphs with channels in front have none at all', () => {
  const attributes = { strides: [1, 1, 1, 1], padding: 'SAME', data_format: 'NCHW' };
  const nodes = [
    weights('u', 3, 3, 14, 14),
    weights('t', 14),
    node('a', 'Conv2D', ['x', 'u'], attributes),
    node('b', 'BiasAdd', ['a', 't'], { data_format: 'NCHW' }),
    node('y', 'Conv2D', ['b', 'u'], attributes),
  ];
  expect(opsOf(nodes)).toEqual(['Conv', 'Add', 'Conv']);
});
