/** Codes and scales that were made beforehand, by what they do to the outputs, in place of the nearest codes. */
import type { Int4Blocks } from './kernels/int4-blocks.ts';
import type { ChannelCodes } from './kernels/quantize-channels.ts';

export type RoundedWeight = { readonly blocks: Int4Blocks } | { readonly channels: ChannelCodes };

/** Of a form in blocks. */
export const roundedBlocks = (rounded: RoundedWeight | undefined): Int4Blocks | undefined =>
  rounded && 'blocks' in rounded ? rounded.blocks : undefined;

/** Of a form with a scale for each channel. */
export const roundedChannels = (rounded: RoundedWeight | undefined): ChannelCodes | undefined =>
  rounded && 'channels' in rounded ? rounded.channels : undefined;
