/** The codes and scales of a weight as two tensors that are computed when they are written. */
import { bytesOf, computedTensor } from '../../../../onnx/make-tensor.ts';
import type { UsedWeight } from '../find-weight-uses.ts';
import { type ChannelCodes, quantizeChannels } from '../kernels/quantize-channels.ts';
import { sharedResult } from '../shared-result.ts';
import type { WeightPlace } from './form.ts';

/**
 * Adds both; `scaleDims` are those of the scales, which are as many as the layout has channels. `rounded`: made
 * beforehand, in place of the nearest codes.
 */
export function addChannelTensors(
  place: WeightPlace,
  { tensor, layout }: UsedWeight,
  scaleDims: readonly number[],
  bits: 8 | 16 = 8,
  rounded?: ChannelCodes,
): { readonly codes: string; readonly scales: string } {
  const part = sharedResult(
    ['codes', 'scales'],
    () => rounded ?? quantizeChannels(tensor, layout, bits),
  );
  const type = bits === 8 ? 'int8' : 'int16';
  return {
    codes: place.add(
      computedTensor(place.name(type), type, tensor.dims, () => bytesOf(part('codes').codes), [
        tensor,
      ]),
    ),
    scales: place.add(
      computedTensor(
        place.name('scale'),
        'float32',
        scaleDims,
        () => bytesOf(part('scales').scales),
        [tensor],
      ),
    ),
  };
}
