/** Operators whose defaults, modes or outputs changed their meaning. */
import { intOf, stringOf } from '../../onnx/attributes.ts';
import { makeNode } from '../../onnx/make-node.ts';
import type { Node } from '../../onnx/model.ts';
import { refuse } from '../../rewrite/refusal.ts';
import { type Adapter, type AdapterTable, withoutAttributes } from './adapter.ts';

/** Without `spatial = 0` (statistics for each position) BatchNormalization-9 does what 7 did. */
const batchNormSpatial: Adapter = (node) =>
  intOf(node, 'spatial', 1) === 1
    ? [withoutAttributes(node, 'spatial')]
    : refuse('it normalizes each position by itself (spatial = 0)', node);

/** Until 13 a second output switched training on; from 14 on an attribute does. */
const batchNormOutputs: Adapter = (node, context) =>
  node.outputs.slice(1).some((output) => context.isUsed(output))
    ? refuse('it gives its running statistics, which it does in training only', node)
    : [{ ...node, outputs: node.outputs.slice(0, 1) }];

/** In inference it hands its input on, whatever the ratio. The mask changed its type twice. */
const dropout: Adapter = (node, context) =>
  context.isUsed(node.outputs[1] ?? '')
    ? refuse('its mask is used, and changed its type', node)
    : [{ ...withoutAttributes(node, 'ratio'), outputs: node.outputs.slice(0, 1) }];

/** RoiAlign-10 had no half-pixel shift; from 16 on it is the default. */
const roiAlign: Adapter = (node) => [
  withText(node, 'coordinate_transformation_mode', 'output_half_pixel'),
];

/** The modes of GridSample were named after two dimensions. */
const gridSample: Adapter = (node) => {
  const names: Readonly<Record<string, string>> = { bilinear: 'linear', bicubic: 'cubic' };
  const mode = stringOf(node, 'mode', 'bilinear');
  return [withText(node, 'mode', names[mode] ?? mode)];
};

/** Scatter was named anew. */
const scatter: Adapter = (node) => [{ ...node, opType: 'ScatterElements' }];

/** Scan-8 ran over a batch, with a length for each sample. */
const scan: Adapter = (node) =>
  refuse('it scans a batch of sequences, which Scan no longer does', node);

/** MeanVarianceNormalization: flags became axes. */
const meanVariance: Adapter = (node) => {
  if (intOf(node, 'normalize_variance', 1) !== 1)
    return refuse('it does not normalize the variance', node);
  const axes = intOf(node, 'across_channels', 0) === 0 ? [0, 2, 3] : [0, 1, 2, 3];
  const { attributes, ...rest } = withoutAttributes(node, 'normalize_variance', 'across_channels');
  return [
    { ...rest, attributes: new Map([...attributes, ['axes', { type: 'ints', value: axes }]]) },
  ];
};

/** Windows that ceil_mode pushes over the edge count differently from 19 on when the padding counts. */
const averagePool: Adapter = (node) =>
  intOf(node, 'ceil_mode', 0) === 1 && intOf(node, 'count_include_pad', 0) === 1
    ? refuse('windows over the edge (ceil_mode) were averaged with other counts', node)
    : [node];

/** Scale and bias, one a group until 20, are one a channel from 21 on: each repeated C / G times. */
const groupNorm: Adapter = (node, context) => {
  const [data = '', scale = '', bias = ''] = node.inputs;
  const groups = intOf(node, 'num_groups', 1);
  const channels = context.shapeOf(data)?.[1];
  if (typeof channels !== 'number') return refuse('the number of its channels is not known', node);
  const nodes: Node[] = [];
  const column = context.ints(`${data}_column`, [groups, 1]);
  const table = context.ints(`${data}_table`, [groups, channels / groups]);
  const flat = context.ints(`${data}_flat`, [channels]);
  const repeat = (name: string): string => {
    const [tall, wide, repeated] = ['tall', 'wide', 'repeated'].map((part) =>
      context.freshName(`${name}_${part}`),
    ) as [string, string, string];
    nodes.push(
      makeNode('Reshape', [name, column], [tall]),
      makeNode('Expand', [tall, table], [wide]),
      makeNode('Reshape', [wide, flat], [repeated]),
    );
    return repeated;
  };
  const inputs = [data, repeat(scale), repeat(bias)];
  return [...nodes, { ...node, inputs }];
};

/** Operators of the first years that left the standard with version 10. */
const experimental: Adapter = (node) =>
  refuse(`${node.opType} left the standard with opset 10`, node);

const EXPERIMENTAL = [
  'Affine',
  'Crop',
  'DynamicSlice',
  'GRUUnit',
  'GivenTensorFill',
  'ImageScaler',
  'ParametricSoftplus',
  'Scale',
  'ScaledTanh',
];

function withText(node: Node, name: string, value: string): Node {
  const attributes = new Map(node.attributes);
  attributes.set(name, { type: 'string', value: new TextEncoder().encode(value) });
  return { ...node, attributes };
}

export const MEANINGS: AdapterTable = {
  AveragePool: { 19: averagePool },
  BatchNormalization: { 9: batchNormSpatial, 14: batchNormOutputs },
  Dropout: { 10: dropout, 12: dropout },
  GridSample: { 20: gridSample },
  GroupNormalization: { 21: groupNorm },
  MeanVarianceNormalization: { 9: meanVariance },
  RoiAlign: { 16: roiAlign },
  Scan: { 9: scan },
  Scatter: { 11: scatter },
  ...Object.fromEntries(EXPERIMENTAL.map((op) => [op, { 10: experimental }])),
};
