/** Constants that hold one number a channel, or one for all. */
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { doubleValues } from '../../rewrite/constants.ts';

/** Numbers by channel. */
export type ChannelVector = Float64Array;

/**
 * The constant as a vector over `channels`, when broadcasting it with a value of `rank` dimensions
 * (`undefined`: any rank from 1 on) whose channels lie at `axis` (from the back, −1 the last) gives each
 * channel one number and leaves the value's shape as it is.
 */
export function channelVector(
  tensor: StoredTensor,
  channels: number,
  axis: number,
  rank: number | undefined,
): ChannelVector | undefined {
  const { dims } = tensor;
  if (dims.length > (rank ?? 1)) return undefined;
  const own = dims.at(axis);
  const isElsewhere = dims.some((dim, index) => dim !== 1 && index - dims.length !== axis);
  if (isElsewhere || (own !== undefined && own !== 1 && own !== channels)) return undefined;
  const values = doubleValues(tensor);
  if (!values) return undefined;
  return Float64Array.from(
    { length: channels },
    (_, channel) => values[values.length === 1 ? 0 : channel] ?? 0,
  );
}

/** Beyond this a product with a weight could overflow float32; such factors are mistakes. */
const LARGEST = 1e18;

/** Whether all numbers are such that products with weights stay finite. */
export function isReasonable(vector: ChannelVector): boolean {
  return vector.every((value) => Math.abs(value) < LARGEST);
}
