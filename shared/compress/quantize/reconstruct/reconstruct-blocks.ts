/** 4-bit codes in blocks, as weights/kernels/int4-blocks.ts makes them, rounded by what they do to the outputs. */
import type { Int4Blocks, Int4Options } from '../weights/kernels/int4-blocks.ts';
import { groupsOf } from './grid.ts';
import { type InputProducts, reconstructRows } from './reconstruct-rows.ts';

/** `[N, K]`, row-major: an output channel a row. */
export interface ChannelRows {
  readonly N: number;
  readonly K: number;
  readonly values: Float32Array;
}

/**
 * Starts from the scales and zero points of `nearest`. The same storage comes out.
 *
 * @param damping see {@link reconstructRows}
 */
export function reconstructBlocks(
  { N, K, values }: ChannelRows,
  nearest: Int4Blocks,
  { block }: Pick<Int4Options, 'block'>,
  inputs: InputProducts,
  damping: number,
): Int4Blocks {
  const { scales, zeroPoints } = nearest;
  const lowest = Int8Array.from(zeroPoints, (zero) => -zero);
  const highest = Int8Array.from(zeroPoints, (zero) => 15 - zero);
  const matrix = { rows: N, columns: K, values, block, scales, lowest, highest };
  const rounded = reconstructRows(matrix, inputs, { damping });
  const groups = groupsOf(matrix);
  // What fills the last block up is there already.
  const packed = nearest.packed.slice();
  for (let row = 0; row < N; row++) {
    for (let column = 0; column < K; column++) {
      const group = row * groups + Math.floor(column / block);
      const code = (rounded.codes[row * K + column] as number) + (zeroPoints[group] as number);
      const at = (group * block + (column % block)) >> 1;
      const shift = 4 * (column & 1);
      packed[at] = ((packed[at] as number) & (0xf0 >> shift)) | (code << shift);
    }
  }
  return { packed, scales: Float32Array.from(rounded.scales), zeroPoints };
}
