/** Transposed convolutions: the result is as large as the input of the convolution that they turn round. */
import { convTranspose } from '../../build/conv-transpose.ts';
import { type Dim, isFixed } from '../../build/dims.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { activateBy } from '../activation.ts';
import { withChannelsLast } from '../channels.ts';
import { flagOf, sizesOf, spatialInputOf, weightsOf } from '../config.ts';
import type { Layer, LayerTable } from '../layer.ts';
import { windowOf } from './convolution.ts';

/** The size along one axis, by `conv_utils.deconv_output_length` of Keras. */
function outputSize(
  size: Dim,
  reach: number,
  stride: number,
  isSame: boolean,
  added: number | undefined,
): Dim {
  if (!isFixed(size)) return null;
  if (added === undefined)
    return isSame ? size * stride : size * stride + Math.max(reach - stride, 0);
  const margin = isSame ? 2 * Math.floor(reach / 2) : 0;
  return (size - 1) * stride + reach - margin + added;
}

const transposed =
  (spatial: number): Layer =>
  (call) => {
    const { b, config } = call;
    const [filters, bias] = weightsOf(call, flagOf(config, 'use_bias', true) ? 2 : 1);
    if (filters?.rank !== spatial + 2) throw new Unconvertible('its filters have another rank');
    const window = windowOf(config, filters);
    const { kernel, strides, dilations = [], padding } = window;
    const added = extraOf(config.output_padding)
      ? sizesOf(config, 'output_padding', spatial)
      : undefined;
    return activateBy(
      call,
      withChannelsLast(b, config, spatialInputOf(call, spatial), (x: Value) => {
        const outputSizes = kernel.map((length, axis) =>
          outputSize(
            x.sizes[axis + 1] ?? null,
            (length - 1) * (dilations[axis] ?? 1) + 1,
            strides[axis] ?? 1,
            padding === 'SAME',
            added?.[axis],
          ),
        );
        const isOpen = outputSizes.includes(null);
        return convTranspose(
          b,
          x,
          filters,
          { ...window, ...(isOpen ? added && { outputPadding: added } : { outputSizes }) },
          bias,
        );
      }),
    );
  };

/** Keras writes null, or null for each axis, when the default is meant. */
const extraOf = (padding: unknown): boolean =>
  Array.isArray(padding) ? padding.every((item) => item !== null) : typeof padding === 'number';

export const TRANSPOSED_CONVOLUTION_LAYERS: LayerTable = {
  Conv1DTranspose: transposed(1),
  Conv2DTranspose: transposed(2),
  Conv3DTranspose: transposed(3),
  Convolution1DTranspose: transposed(1),
  Convolution2DTranspose: transposed(2),
  Convolution3DTranspose: transposed(3),
};
