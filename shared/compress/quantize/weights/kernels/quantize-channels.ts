/** Codes of 8 or 16 bits with one scale for each channel: symmetric, the largest weight at ±127 or ±32767. */
import type { StoredTensor } from '../../../../onnx/stored-tensor.ts';
import { elementCount } from '../../../../onnx/tensor-data.ts';
import type { ChannelLayout } from '../find-weight-uses.ts';
import { forEachChunk } from './float32-chunks.ts';

export interface ChannelCodes {
  /** In the order of the tensor. */
  readonly codes: Int8Array | Int16Array;
  readonly scales: Float32Array;
}

/** Adding and subtracting 1.5 · 2^52 rounds half to even, seven times as fast as Math.round and clamps. */
const ROUND = 6_755_399_441_055_744;
const HIGHEST = { 8: 127, 16: 32_767 } as const;
/** Below the smallest normal float32 a scale loses its digits; the codes are then 0. */
const LEAST_SCALE = 2 ** -126;

/** Reads the weights twice, in pieces. Weights that are not finite give codes of 0. */
export function quantizeChannels(
  tensor: StoredTensor,
  layout: ChannelLayout,
  bits: 8 | 16 = 8,
): ChannelCodes {
  const scales = channelPeaks(tensor, layout);
  const inverses = new Float64Array(scales.length);
  for (let channel = 0; channel < scales.length; channel++) {
    const scale = Math.fround((scales[channel] ?? 0) / HIGHEST[bits]);
    const isUsable = scale >= LEAST_SCALE && Number.isFinite(scale);
    scales[channel] = isUsable ? scale : 1;
    inverses[channel] = isUsable ? 1 / scale : 0;
  }
  const count = elementCount(tensor);
  const codes = bits === 8 ? new Int8Array(count) : new Int16Array(count);
  forEachRun(
    tensor,
    layout,
    (values, from, to, channel, start) => {
      const inverse = inverses[channel] ?? 0;
      for (let i = from; i < to; i++)
        codes[start + i] = (values[i] as number) * inverse + ROUND - ROUND;
    },
    (values, start, channels) => {
      for (let row = 0; row < values.length; row += channels)
        for (let channel = 0; channel < channels; channel++)
          codes[start + row + channel] =
            (values[row + channel] as number) * (inverses[channel] as number) + ROUND - ROUND;
    },
  );
  return { codes, scales };
}

/** The largest size of a weight in each channel. */
function channelPeaks(tensor: StoredTensor, layout: ChannelLayout): Float32Array {
  const peaks = new Float32Array(layout.channels);
  forEachRun(
    tensor,
    layout,
    (values, from, to, channel) => {
      let peak = peaks[channel] ?? 0;
      for (let i = from; i < to; i++) {
        const size = Math.abs(values[i] as number);
        if (size > peak) peak = size;
      }
      peaks[channel] = peak;
    },
    (values, _, channels) => {
      for (let row = 0; row < values.length; row += channels)
        for (let channel = 0; channel < channels; channel++) {
          const size = Math.abs(values[row + channel] as number);
          if (size > (peaks[channel] as number)) peaks[channel] = size;
        }
    },
  );
  return peaks;
}

/** Runs of one channel; where channels alternate with every element, whole rows of all channels. */
function forEachRun(
  tensor: StoredTensor,
  { channels, inner }: ChannelLayout,
  visitRun: (
    values: Float32Array,
    from: number,
    to: number,
    channel: number,
    start: number,
  ) => void,
  visitRows: (values: Float32Array, start: number, channels: number) => void,
): void {
  if (inner === 1) {
    forEachChunk(tensor, channels, (values, start) => visitRows(values, start, channels));
    return;
  }
  forEachChunk(tensor, inner, (values, start) => {
    for (let from = 0; from < values.length; from += inner) {
      const channel = ((start + from) / inner) % channels;
      visitRun(values, from, Math.min(from + inner, values.length), channel, start);
    }
  });
}
