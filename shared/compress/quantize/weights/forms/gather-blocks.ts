/** com.microsoft.GatherBlockQuantized: 4 bits in blocks along the last axis, rows dequantized when looked up. */
import { makeNode } from '../../../../onnx/make-node.ts';
import { bytesOf, computedTensor } from '../../../../onnx/make-tensor.ts';
import { blockOptions } from '../block-options.ts';
import { quantizeBlocks } from '../kernels/int4-blocks.ts';
import { packNibbles } from '../kernels/pack-nibbles.ts';
import { sharedResult } from '../shared-result.ts';
import type { FormContext } from './form.ts';

/** Replaces the Gather. */
export function applyGatherBlocks(context: FormContext): void {
  const { graph, node, use, planned } = context;
  const [weight] = use.weights;
  const options = blockOptions(planned);
  if (!weight || !options) return;
  const { block } = options;
  const { tensor } = weight;
  // A table of higher rank is one of longer vectors only in its last axis.
  const columns = tensor.dims.at(-1) ?? 1;
  const rows = weight.layout.outer;
  const blocks = Math.ceil(columns / block);
  const lead = tensor.dims.slice(0, -1);
  const key = `gather-blocks ${block} ${planned.symmetric}`;
  const names = context.weights.get(context, weight, key, (place) => {
    const matrix = { K: columns, N: rows, transposed: true };
    const parts = planned.symmetric ? ['codes', 'scales'] : ['codes', 'scales', 'zeros'];
    const part = sharedResult(parts, () => quantizeBlocks(tensor, matrix, options));
    const tensors = [
      computedTensor(
        place.name('int4'),
        'uint8',
        [...lead, columns / 2],
        () => withoutPadding(part('codes').packed, rows, (blocks * block) / 2, columns / 2),
        [tensor],
      ),
      computedTensor(
        place.name('scale'),
        'float32',
        [...lead, blocks],
        () => bytesOf(part('scales').scales),
        [tensor],
      ),
      // Without zero points 8 stands for 0.
      ...(planned.symmetric
        ? []
        : [
            computedTensor(
              place.name('zp'),
              'uint8',
              [...lead, Math.ceil(blocks / 2)],
              () => packNibbles(part('zeros').zeroPoints, blocks),
              [tensor],
            ),
          ]),
    ];
    return tensors.map(place.add);
  });
  const [codes = '', scales = '', ...zeros] = names;
  graph.replace(
    node,
    makeNode(
      'com.microsoft:GatherBlockQuantized',
      [codes, node.inputs[1] ?? '', scales, ...zeros],
      node.outputs,
      {
        bits: 4,
        block_size: block,
        gather_axis: 0,
        quantize_axis: tensor.dims.length - 1,
      },
      node.name,
    ),
  );
}

/** Rows of `stride` bytes cut to `length`. */
function withoutPadding(
  bytes: Uint8Array,
  rows: number,
  stride: number,
  length: number,
): Uint8Array {
  if (stride === length) return bytes;
  const cut = new Uint8Array(rows * length);
  for (let row = 0; row < rows; row++)
    cut.set(bytes.subarray(row * stride, row * stride + length), row * length);
  return cut;
}
