/** Convolutions, pools and matrix products: weights laid as TensorFlow has them, margins and steps by name. */
import { Unconvertible } from '../../build/unconvertible.ts';
import { real, texts } from '../node-attributes.ts';
import type { BuiltinTable, OperatorTranslation } from '../operator-translation.ts';

/** Source: Padding in schema.fbs. */
const PADDINGS = ['SAME', 'VALID'] as const;

const padding = (o: OperatorTranslation): string => {
  const name = PADDINGS[o.options.number('padding')];
  if (name) return name;
  throw new Unconvertible(`its padding has the number ${o.options.number('padding')}`);
};

/** `[1, height, width, 1]`, as TensorFlow writes steps over an image. */
const overImage = (o: OperatorTranslation, option: string): readonly number[] => [
  1,
  o.options.positive(`${option}_h`),
  o.options.positive(`${option}_w`),
  1,
];

/** `[1, depth, height, width, 1]`. */
const overVolume = (o: OperatorTranslation, option: string): readonly number[] => [
  1,
  o.options.positive(`${option}_d`),
  ...overImage(o, option).slice(1),
];

const window = (o: OperatorTranslation) => ({
  padding: padding(o),
  strides: overImage(o, 'stride'),
  dilations: overImage(o, 'dilation'),
});

const volumeWindow = (o: OperatorTranslation) => ({
  padding: padding(o),
  strides: overVolume(o, 'stride'),
  dilations: overVolume(o, 'dilation'),
});

/** Attributes of TensorFlow's ops that take a bias with the weights. */
const withBias = (o: OperatorTranslation) =>
  o.has(2) ? { num_args: 1, fused_ops: texts(['BiasAdd']), epsilon: real(0) } : {};

/** Weights in another order of axes; moved when they are written. */
const reordered = (o: OperatorTranslation, place: number, axes: readonly number[]): string =>
  o.add('Transpose', [o.input(place), o.constant(axes)]);

/** Sizes of the result that the file states where the input that has them is computed, or fed. */
function statedSizes(o: OperatorTranslation): readonly number[] | undefined {
  const { shape, signature } = o.output(0);
  const isFixed = shape.length === 4 && !signature.includes(-1);
  return isFixed && !o.graph.isConstant(o.index(0)) ? shape.slice(1, 3) : undefined;
}

const pool = (o: OperatorTranslation, op: string): string =>
  o.activated(
    o.add(op, [o.input(0)], {
      padding: padding(o),
      strides: overImage(o, 'stride'),
      ksize: [1, o.options.positive('filter_h'), o.options.positive('filter_w'), 1],
    }),
  );

export const CONVOLUTION: BuiltinTable = {
  // Weights [out, h, w, in].
  CONV_2D: (o) =>
    o.activated(
      o.add(
        o.has(2) ? '_FusedConv2D' : 'Conv2D',
        [o.input(0), reordered(o, 1, [1, 2, 3, 0]), ...o.optional(2)],
        { ...window(o), ...withBias(o) },
      ),
    ),
  // Weights [1, h, w, channels · multiplier]; they stay in one piece, as their scales go along it.
  DEPTHWISE_CONV_2D: (o) =>
    o.activated(
      o.add('_TfliteDepthwiseConv', [o.input(0), o.input(1), ...o.optional(2)], window(o)),
    ),
  // Weights [out, h, w, in].
  TRANSPOSE_CONV: (o) =>
    o.activated(
      o.add(
        '_TfliteTransposeConv',
        [o.input(0), reordered(o, 1, [1, 2, 0, 3]), o.input(2), ...o.optional(3)],
        { padding: padding(o), strides: overImage(o, 'stride'), sizes: statedSizes(o) },
      ),
    ),
  // Weights lie as TensorFlow has them.
  CONV_3D: (o) => {
    const made = o.add('Conv3D', [o.input(0), o.input(1)], volumeWindow(o));
    return o.activated(o.has(2) ? o.add('BiasAdd', [made, o.input(2)]) : made);
  },
  CONV_3D_TRANSPOSE: (o) => {
    const made = o.add(
      'Conv3DBackpropInputV2',
      [o.input(0), o.input(1), o.input(2)],
      volumeWindow(o),
    );
    return o.activated(o.has(3) ? o.add('BiasAdd', [made, o.input(3)]) : made);
  },
  AVERAGE_POOL_2D: (o) => pool(o, 'AvgPool'),
  MAX_POOL_2D: (o) => pool(o, 'MaxPool'),
  L2_POOL_2D: (o) => {
    const squares = o.add('Square', [o.input(0)]);
    const means = o.add('AvgPool', [squares], {
      padding: padding(o),
      strides: overImage(o, 'stride'),
      ksize: [1, o.options.positive('filter_h'), o.options.positive('filter_w'), 1],
    });
    return o.activated(o.add('Sqrt', [means]));
  },
  FULLY_CONNECTED: (o) => {
    if (o.options.number('weights_format') !== 0)
      throw new Unconvertible('its weights are shuffled for one kind of processor');
    return o.activated(
      o.add('_TfliteFullyConnected', [o.input(0), o.input(1), ...o.optional(2)], {
        keep_num_dims: o.options.flag('keep_num_dims'),
      }),
    );
  },
  BATCH_MATMUL: (o) =>
    o.add('BatchMatMulV2', [o.input(0), o.input(1)], {
      adj_x: o.options.flag('adj_x'),
      adj_y: o.options.flag('adj_y'),
    }),
};
