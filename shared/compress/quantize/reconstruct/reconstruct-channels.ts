/** 8-bit codes with a scale for each output channel, as weights/kernels/quantize-channels.ts makes them, rounded by output error. */
import { inTensorOrder, type WeightedNode } from '../int8/weighted-nodes.ts';
import type { ChannelCodes } from '../weights/kernels/quantize-channels.ts';
import { type InputProducts, reconstructRows } from './reconstruct-rows.ts';

/** Codes go as far as those of the nearest do. */
const HIGHEST = 127;

/**
 * Starts from the scales of the nearest codes. Where the columns are cut into parts, which share the scale of their channel,
 * the scales stay.
 *
 * @param values of the weights, row-major [rows, columns], an output channel a row
 * @param inputs products of each group of a Conv, one behind the other
 */
export function reconstructChannels(
  node: WeightedNode,
  values: Float32Array,
  nearest: Float32Array,
  { size, products }: InputProducts,
  damping: number,
): ChannelCodes {
  const { rows, columns, groups } = node;
  const own = rows / groups;
  const parts = columns / size;
  const codes = new Int8Array(rows * columns);
  const scales = new Float32Array(rows);
  for (let group = 0; group < groups; group++) {
    const start = group * own;
    const given = nearest.subarray(start, start + own);
    const rounded = reconstructRows(
      {
        ...{ rows: own, columns, block: size },
        values: values.subarray(start * columns, (start + own) * columns),
        scales: Float32Array.from(
          { length: own * parts },
          (_, at) => given[Math.floor(at / parts)] ?? 1,
        ),
        lowest: new Int8Array(own * parts).fill(-HIGHEST),
        highest: new Int8Array(own * parts).fill(HIGHEST),
      },
      { size, products: products.slice(group * parts, (group + 1) * parts) },
      { damping, keepsScales: parts > 1 },
    );
    codes.set(rounded.codes, start * columns);
    for (let row = 0; row < own; row++) scales[start + row] = rounded.scales[row * parts] ?? 1;
  }
  return { codes: inTensorOrder(node, codes), scales };
}
