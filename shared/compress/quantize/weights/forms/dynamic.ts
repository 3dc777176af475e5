/**
 * DynamicQuantizeLinear → MatMulInteger → Cast → Mul by both scales: onnxruntime makes one kernel of it.
 * Weights are int8 with one scale a column and zero point 0. Opset 11.
 */

import { ELEMENT_TYPES } from '../../../../onnx/element-type.ts';
import { makeNode } from '../../../../onnx/make-node.ts';
import { bytesOf, computedTensor } from '../../../../onnx/make-tensor.ts';
import type { Node } from '../../../../onnx/model.ts';
import { briefName } from '../../brief-name.ts';
import { quantizeRows } from '../kernels/int8-rows.ts';
import { sharedResult } from '../shared-result.ts';
import type { FormContext } from './form.ts';
import { replaceProduct } from './product.ts';

/** Replaces MatMul or Gemm by five nodes, and an Add for a bias. */
export function applyDynamic(context: FormContext): void {
  const { use, planned } = context;
  const [weight] = use.weights;
  const { matrix } = use;
  const { limits } = planned;
  if (!weight || !limits || typeof matrix === 'string') return;
  const { K, N } = matrix;
  const key = `dynamic ${matrix.transposed} ${limits.highest} ${limits.pairSum}`;
  const [codes = '', scales = ''] = context.weights.get(context, weight, key, (place) => {
    const part = sharedResult(['codes', 'scales'], () =>
      quantizeRows(weight.tensor, { rows: N, columns: K, transposed: !matrix.transposed }, limits),
    );
    return [
      place.add(
        computedTensor(place.name('int8'), 'int8', [K, N], () => bytesOf(part('codes').codes), [
          weight.tensor,
        ]),
      ),
      place.add(
        computedTensor(place.name('scale'), 'float32', [N], () => bytesOf(part('scales').scales), [
          weight.tensor,
        ]),
      ),
    ];
  });
  replaceProduct(context, (input, output, name) => {
    const [quantized = '', scale = '', zero = ''] = quantizedInput(context, input);
    const [sum, float, both] = ['int32', 'unscaled', 'scale'].map((suffix) =>
      context.graph.freshName(`${briefName(output)}_${suffix}`),
    ) as [string, string, string];
    return [
      makeNode('MatMulInteger', [quantized, codes, zero], [sum], {}, name),
      makeNode('Cast', [sum], [float], { to: ELEMENT_TYPES.float32.code }),
      makeNode('Mul', [scale, scales], [both]),
      makeNode('Mul', [float, both], [output]),
    ];
  });
}

/** The input as uint8 with scale and zero point; products that share an input share them. */
function quantizedInput(
  { graph, node, activations }: FormContext,
  input: string,
): readonly string[] {
  const known = activations.get(input);
  if (known) return known;
  const names = ['uint8', 'scale', 'zp'].map((suffix) =>
    graph.freshName(`${briefName(input)}_${suffix}`),
  );
  const quantize: Node = makeNode('DynamicQuantizeLinear', [input], names);
  graph.insertBefore(node, quantize);
  activations.set(input, names);
  return names;
}
