/** What is said of nodes of convolutions, pools and images that have no ONNX form. */
import { expect, it } from 'vitest';
import type { Shape } from '../../../../shared/formats/build/dims.ts';
import type { TfNode } from '../../../../shared/formats/tf/tf-graph.ts';
import type { ElementType } from '../../../../shared/onnx/element-type.ts';
import { constantNode, node, ramp } from '../_nodes.ts';
import { refusalOf } from './_refusal.ts';

const vector = (name: string, count = 2): TfNode =>
  constantNode(name, 'float32', [count], ramp(count));
const ints = (name: string, ...values: number[]): TfNode =>
  constantNode(name, 'int32', [values.length], values);
const scalar = (name: string, type: ElementType, value: number): TfNode =>
  constantNode(name, type, [], [value]);

const NORM = [vector('s'), vector('o'), vector('m'), vector('v')];
const BOXES = [
  constantNode('b', 'float32', [2, 4], ramp(8)),
  scalar('n', 'int32', 3),
  scalar('t', 'float32', 0.5),
];

it.each<[string, readonly TfNode[], Shape | null, string]>([
  [
    'training',
    [...NORM, node('y', 'FusedBatchNormV3', ['x', 's', 'o', 'm', 'v'], { is_training: true })],
    [1, 2, 2, 2],
    'This graph trains: export the model for inference (training=False).',
  ],
  [
    'training, which is the default',
    [...NORM, node('y', 'FusedBatchNormV3', ['x', 's', 'o', 'm', 'v'])],
    [1, 2, 2, 2],
    'it normalizes by the batch',
  ],
  [
    'soft scores',
    [
      ...BOXES,
      scalar('g', 'float32', 0.5),
      node('y', 'NonMaxSuppressionV5', ['b', 'x', 'n', 't', 't', 'g']),
    ],
    [2],
    'soft_nms_sigma',
  ],
  [
    'channels in blocks',
    [node('y', 'DepthToSpace', ['x'], { block_size: 2, data_format: 'NCHW_VECT_C' })],
    [1, 4, 2, 2],
    'NCHW_VECT_C',
  ],
  [
    'strides over channels',
    [node('y', 'MaxPool', ['x'], { ksize: [1, 1, 1, 2], strides: [1, 1, 1, 2], padding: 'VALID' })],
    [1, 2, 2, 4],
    'go over the batch or the channels',
  ],
  [
    'both alignments',
    [
      ints('z', 4, 4),
      node('y', 'ResizeBilinear', ['x', 'z'], { align_corners: true, half_pixel_centers: true }),
    ],
    [1, 2, 2, 1],
    'aligns corners and pixel centers',
  ],
  [
    'areas of free size',
    [ints('z', 4, 4), node('y', 'ResizeArea', ['x', 'z'])],
    [1, null, 2, 1],
    'resizes by area, and a size is free',
  ],
  [
    'an unknown fused op',
    [
      constantNode('f', 'float32', [1, 1, 1, 1], [1]),
      node('y', '_FusedConv2D', ['x', 'f'], {
        strides: [1, 1, 1, 1],
        padding: 'SAME',
        fused_ops: ['Snake'],
      }),
    ],
    [1, 2, 2, 1],
    'its fused op Snake is not known',
  ],
  [
    'a bias that is missing',
    [
      constantNode('f', 'float32', [1, 1, 1, 1], [1]),
      node('y', '_FusedConv2D', ['x', 'f'], {
        strides: [1, 1, 1, 1],
        padding: 'SAME',
        fused_ops: ['BiasAdd'],
      }),
    ],
    [1, 2, 2, 1],
    'it has no input 0',
  ],
  ['gray as colors', [node('y', 'RGBToHSV', ['x'])], [1, 2, 2, 1], 'three colors'],
  [
    'unknown rank',
    [node('y', 'MaxPool', ['x'], { ksize: [1, 2, 2, 1], strides: [1, 1, 1, 1], padding: 'VALID' })],
    null,
    'rank',
  ],
  [
    'too many bits',
    [node('y', 'FakeQuantWithMinMaxArgs', ['x'], { num_bits: 40 })],
    [2],
    'quantizes to 40 bits',
  ],
])('%s', (_, nodes, shape, words) => {
  expect(refusalOf(nodes, shape)).toContain(words);
});

it('outputs that have no ONNX form are refused where they are read', () => {
  const cell = [
    scalar('len', 'int64', 2),
    constantNode('z', 'float32', [1, 2], [0, 0]),
    constantNode('w', 'float32', [3, 8], ramp(24)),
    vector('p'),
    vector('b', 8),
    node('lstm', 'BlockLSTMV2', ['len', 'x', 'z', 'z', 'w', 'p', 'p', 'p', 'b']),
  ];
  expect(refusalOf([...cell, node('y', 'Relu', ['lstm:6'])], [2, 1, 1])).toBe('');
  expect(refusalOf([...cell, node('y', 'Relu', ['lstm:1'])], [2, 1, 1])).toBe(
    'graph cannot be converted: BlockLSTMV2 (1×: "lstm") – its output 1 has no conversion',
  );
  const clipped = cell.with(
    5,
    node('lstm', 'BlockLSTM', ['len', 'x', 'z', 'z', 'w', 'p', 'p', 'p', 'b']),
  );
  expect(refusalOf([...clipped, node('y', 'Relu', ['lstm:6'])], [2, 1, 1])).toContain('cell_clip');
});
