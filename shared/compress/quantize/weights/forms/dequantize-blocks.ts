/** DequantizeLinear with `block_size` (opset 21) over int4: the standard form, for targets that read no others. */

import { makeNode } from '../../../../onnx/make-node.ts';
import { bytesOf, computedTensor } from '../../../../onnx/make-tensor.ts';
import { blockOptions } from '../block-options.ts';
import type { MatrixUse } from '../find-weight-uses.ts';
import { type Int4Blocks, quantizeBlocks } from '../kernels/int4-blocks.ts';
import { roundedBlocks } from '../rounded-weight.ts';
import { sharedResult } from '../shared-result.ts';
import type { FormContext } from './form.ts';

/** Puts DequantizeLinear before the product; Gemm and MatMul alike. */
export function applyDequantizeBlocks(context: FormContext): void {
  const { graph, node, use, planned, rounded } = context;
  const [weight] = use.weights;
  const { matrix } = use;
  const options = blockOptions(planned);
  if (!weight || !options || typeof matrix === 'string') return;
  const { block } = options;
  const { tensor } = weight;
  const axis = matrix.transposed ? 1 : 0;
  const key = `dequantize-blocks ${block} ${matrix.transposed}`;
  const [codes = '', scales = ''] = context.weights.get(context, weight, key, (place) => {
    const part = sharedResult(
      ['codes', 'scales'],
      () => roundedBlocks(rounded) ?? quantizeBlocks(tensor, matrix, options),
    );
    const blocks = Math.ceil(matrix.K / block);
    return [
      place.add(
        computedTensor(
          place.name('int4'),
          'int4',
          tensor.dims,
          () => inTensorOrder(part('codes'), matrix, block),
          [tensor],
        ),
      ),
      place.add(
        computedTensor(
          place.name('scale'),
          'float32',
          matrix.transposed ? [matrix.N, blocks] : [blocks, matrix.N],
          () => bytesOf(scalesInOrder(part('scales'), matrix, blocks)),
          [tensor],
        ),
      ),
    ];
  });
  const dequantized = graph.freshName(`${codes}_dq`);
  graph.insertBefore(
    node,
    makeNode('DequantizeLinear', [codes, scales], [dequantized], { axis, block_size: block }),
  );
  graph.update(node, { inputs: node.inputs.with(weight.position, dequantized) });
}

/** Signed codes, packed in the order of the weight tensor. */
function inTensorOrder(
  { packed }: Int4Blocks,
  { K, N, transposed }: MatrixUse,
  block: number,
): Uint8Array {
  const rowBytes = (Math.ceil(K / block) * block) / 2;
  const result = new Uint8Array(Math.ceil((K * N) / 2));
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) {
      const byte = packed[n * rowBytes + (k >> 1)] as number;
      // 0 … 15 around 8 becomes two's complement by turning the sign bit over.
      const code = ((byte >> (4 * (k & 1))) & 15) ^ 8;
      const index = transposed ? n * K + k : k * N + n;
      const at = index >> 1;
      result[at] = (result[at] as number) | (code << (4 * (index & 1)));
    }
  }
  return result;
}

function scalesInOrder(
  { scales }: Int4Blocks,
  { N, transposed }: MatrixUse,
  blocks: number,
): Float32Array {
  if (transposed) return scales;
  const result = new Float32Array(scales.length);
  for (let n = 0; n < N; n++)
    for (let b = 0; b < blocks; b++) result[b * N + n] = scales[n * blocks + b] as number;
  return result;
}
