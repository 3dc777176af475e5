/** com.microsoft.MatMulNBits: 4 bits in blocks along the axis that is summed over. */

import { makeNode } from '../../../../onnx/make-node.ts';
import { bytesOf, computedTensor } from '../../../../onnx/make-tensor.ts';
import type { Node } from '../../../../onnx/model.ts';
import { blockOptions } from '../block-options.ts';
import { quantizeBlocks } from '../kernels/int4-blocks.ts';
import { packNibbles } from '../kernels/pack-nibbles.ts';
import { roundedBlocks } from '../rounded-weight.ts';
import { sharedResult } from '../shared-result.ts';
import type { FormContext } from './form.ts';
import { replaceProduct } from './product.ts';

/** Replaces MatMul or Gemm by one node, and an Add for a bias. */
export function applyMatMulNBits(context: FormContext): void {
  const { use, planned, rounded } = context;
  const [weight] = use.weights;
  const { symmetric, accuracyLevel } = planned;
  const { matrix } = use;
  const options = blockOptions(planned);
  if (!weight || !options || typeof matrix === 'string') return;
  const { block } = options;
  const { K, N } = matrix;
  const blocks = Math.ceil(K / block);
  const key = `nbits ${block} ${symmetric} ${matrix.transposed}`;
  const names = context.weights.get(context, weight, key, (place) => {
    const parts = symmetric ? ['codes', 'scales'] : ['codes', 'scales', 'zeros'];
    const part = sharedResult(
      parts,
      () => roundedBlocks(rounded) ?? quantizeBlocks(weight.tensor, matrix, options),
    );
    const tensors = [
      computedTensor(
        place.name('int4'),
        'uint8',
        [N, blocks, block / 2],
        () => part('codes').packed,
        [weight.tensor],
      ),
      computedTensor(
        place.name('scale'),
        'float32',
        [N, blocks],
        () => bytesOf(part('scales').scales),
        [weight.tensor],
      ),
      // Without zero points 8 stands for 0.
      ...(symmetric
        ? []
        : [
            computedTensor(
              place.name('zp'),
              'uint8',
              [N, Math.ceil(blocks / 2)],
              () => packNibbles(part('zeros').zeroPoints, blocks),
              [weight.tensor],
            ),
          ]),
    ];
    return tensors.map(place.add);
  });
  replaceProduct(context, (input, output, name): Node[] => [
    makeNode(
      'com.microsoft:MatMulNBits',
      [input, ...names],
      [output],
      { K, N, bits: 4, block_size: block, accuracy_level: accuracyLevel ?? 0 },
      name,
    ),
  ]);
}
