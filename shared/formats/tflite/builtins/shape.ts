/** Operators that move elements, and shapes as values. */
import { Unconvertible } from '../../build/unconvertible.ts';
import { typeOf } from '../node-attributes.ts';
import type { BuiltinTable } from '../operator-translation.ts';
import { everyOutput, same } from './entries.ts';

export const SHAPE: BuiltinTable = {
  SHAPE: (o) => o.add('Shape', [o.input(0)], { out_type: typeOf(o.outputType()) }),
  RANK: same('Rank'),
  // The shape is an input of newer files, an option of older ones.
  RESHAPE: (o) =>
    o.add('Reshape', [
      o.input(0),
      o.has(1) ? o.input(1) : o.constant(o.options.numbers('new_shape')),
    ]),
  SQUEEZE: (o) =>
    o.add('Squeeze', [o.input(0)], { squeeze_dims: o.options.numbers('squeeze_dims') }),
  EXPAND_DIMS: same('ExpandDims'),
  TRANSPOSE: same('Transpose'),
  CONCATENATION: (o) =>
    o.activated(
      o.add('ConcatV2', [...o.inputs, o.constant([o.options.number('axis')], 'int32', [])]),
    ),
  PACK: (o) => o.add('Pack', o.inputs, { axis: o.options.number('axis') }),
  UNPACK: (o) =>
    everyOutput(
      o,
      o.add('Unpack', [o.input(0)], {
        num: o.operator.outputs.length,
        axis: o.options.number('axis'),
      }),
    ),
  SPLIT: (o) => everyOutput(o, o.add('Split', o.inputs, { num_split: o.operator.outputs.length })),
  SPLIT_V: (o) =>
    everyOutput(o, o.add('SplitV', o.inputs, { num_split: o.operator.outputs.length })),
  SLICE: same('Slice'),
  STRIDED_SLICE: (o) => {
    if (o.options.flag('offset')) throw new Unconvertible('its ends are counted from its starts');
    const masks = ['begin', 'end', 'ellipsis', 'new_axis', 'shrink_axis'].map((name) => [
      `${name}_mask`,
      o.options.number(`${name}_mask`),
    ]);
    return o.add('StridedSlice', o.inputs, Object.fromEntries(masks));
  },
  PAD: same('Pad'),
  PADV2: same('PadV2'),
  MIRROR_PAD: (o) =>
    o.add('MirrorPad', o.inputs, {
      mode: o.options.number('mode') === 0 ? 'REFLECT' : 'SYMMETRIC',
    }),
  TILE: same('Tile'),
  FILL: same('Fill'),
  RANGE: same('Range'),
  BROADCAST_TO: same('BroadcastTo'),
  BROADCAST_ARGS: same('BroadcastArgs'),
  REVERSE_V2: same('ReverseV2'),
  REVERSE_SEQUENCE: (o) =>
    o.add('ReverseSequence', o.inputs, {
      seq_dim: o.options.number('seq_dim'),
      batch_dim: o.options.number('batch_dim'),
    }),
  SPACE_TO_DEPTH: (o) =>
    o.add('SpaceToDepth', [o.input(0)], { block_size: o.options.positive('block_size') }),
  DEPTH_TO_SPACE: (o) =>
    o.add('DepthToSpace', [o.input(0)], { block_size: o.options.positive('block_size') }),
  SPACE_TO_BATCH_ND: same('SpaceToBatchND'),
  BATCH_TO_SPACE_ND: same('BatchToSpaceND'),
  MATRIX_DIAG: same('MatrixDiag'),
  MATRIX_SET_DIAG: same('MatrixSetDiag'),
  WHERE: same('Where'),
  UNIQUE: (o) =>
    everyOutput(o, o.add('Unique', [o.input(0)], { out_idx: typeOf(o.outputType(1)) })),
  RESIZE_BILINEAR: (o) =>
    o.add('ResizeBilinear', o.inputs, {
      align_corners: o.options.flag('align_corners'),
      half_pixel_centers: o.options.flag('half_pixel_centers'),
    }),
  RESIZE_NEAREST_NEIGHBOR: (o) =>
    o.add('ResizeNearestNeighbor', o.inputs, {
      align_corners: o.options.flag('align_corners'),
      half_pixel_centers: o.options.flag('half_pixel_centers'),
    }),
  NON_MAX_SUPPRESSION_V4: (o) =>
    everyOutput(o, o.add('NonMaxSuppressionV4', o.inputs, { pad_to_max_output_size: true })),
  NON_MAX_SUPPRESSION_V5: (o) =>
    everyOutput(o, o.add('NonMaxSuppressionV5', o.inputs, { pad_to_max_output_size: true })),
};
