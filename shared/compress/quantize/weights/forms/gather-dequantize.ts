/** Gather(codes) → DequantizeLinear by column: only rows that are looked up become float32. Opset 13. */
import { makeNode } from '../../../../onnx/make-node.ts';
import { addChannelTensors } from './channel-tensors.ts';
import type { FormContext } from './form.ts';

/** Makes the Gather look up codes, and puts DequantizeLinear behind it. */
export function applyGatherDequantize(context: FormContext): void {
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
  const [output = ''] = node.outputs;
  const rows = graph.freshName(`${output}_int8`);
  graph.replace(
    node,
    { ...node, inputs: node.inputs.with(0, codes), outputs: [rows] },
    // Columns are the last axis of what was gathered, whatever the rank of the indices.
    makeNode('DequantizeLinear', [rows, scales], [output], { axis: -1 }),
  );
}
