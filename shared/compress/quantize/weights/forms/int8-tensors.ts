/** The codes and scales of a weight as two tensors that are computed when they are written. */
import { bytesOf, computedTensor } from '../../../../onnx/make-tensor.ts';
import type { UsedWeight } from '../find-weight-uses.ts';
import { quantizeChannels } from '../kernels/int8-channels.ts';
import { sharedResult } from '../shared-result.ts';
import type { WeightPlace } from './form.ts';

/** Adds both; `scaleDims` are those of the scales, which are as many as the layout has channels. */
export function addInt8Tensors(
  place: WeightPlace,
  { tensor, layout }: UsedWeight,
  scaleDims: readonly number[],
): { readonly codes: string; readonly scales: string } {
  const part = sharedResult(['codes', 'scales'], () => quantizeChannels(tensor, layout));
  return {
    codes: place.add(
      computedTensor(place.name('int8'), 'int8', tensor.dims, () => bytesOf(part('codes').codes)),
    ),
    scales: place.add(
      computedTensor(place.name('scale'), 'float32', scaleDims, () =>
        bytesOf(part('scales').scales),
      ),
    ),
  };
}
