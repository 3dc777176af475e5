/** DequantizeLinear(codes, scales by channel) in place of the weight; onnxruntime fuses it with MatMul. Opset 13. */
import { makeNode } from '../../../../onnx/make-node.ts';
import { addChannelTensors } from './channel-tensors.ts';
import type { FormContext } from './form.ts';

/** Puts DequantizeLinear before the node. */
export function applyDequantize(context: FormContext): void {
  const { graph, node, use } = context;
  const [weight] = use.weights;
  if (!weight) return;
  const { axis, channels } = weight.layout;
  const [codes = '', scales = ''] = context.weights.get(
    context,
    weight,
    `int8 ${axis}`,
    (place) => {
      const names = addChannelTensors(place, weight, [channels]);
      return [names.codes, names.scales];
    },
  );
  // Beside its reader, not beside the weight: the fusion looks for a DequantizeLinear with one consumer.
  const dequantized = graph.freshName(`${codes}_dq`);
  graph.insertBefore(node, makeNode('DequantizeLinear', [codes, scales], [dequantized], { axis }));
  graph.update(node, { inputs: node.inputs.with(weight.position, dequantized) });
}
