/** Cast(codes) · scale: made float32 by constant folding when the model is loaded. Any op, any axis. */
import { ELEMENT_TYPES } from '../../../../onnx/element-type.ts';
import { makeNode } from '../../../../onnx/make-node.ts';
import type { UsedWeight } from '../find-weight-uses.ts';
import { roundedChannels } from '../rounded-weight.ts';
import { addChannelTensors } from './channel-tensors.ts';
import type { FormContext } from './form.ts';

/** Makes the node read its weights, all of them, from a Mul. */
export function applyFolded(context: FormContext): void {
  const { graph, node, use } = context;
  const inputs = [...node.inputs];
  for (const weight of use.weights) inputs[weight.position] = foldedWeight(context, weight);
  graph.update(node, { inputs });
}

function foldedWeight(context: FormContext, weight: UsedWeight): string {
  const { scaleDims } = weight.layout;
  const bits = context.planned.bits === 16 ? 16 : 8;
  const key = `folded ${bits} ${scaleDims}`;
  const [name = ''] = context.weights.get(context, weight, key, (place) => {
    const { codes, scales } = addChannelTensors(
      place,
      weight,
      scaleDims,
      bits,
      roundedChannels(context.rounded),
    );
    const cast = place.name('cast');
    const value = place.name('dq');
    place.insert(
      makeNode('Cast', [codes], [cast], { to: ELEMENT_TYPES.float32.code }),
      makeNode('Mul', [cast, scales], [value]),
    );
    return [value];
  });
  return name;
}
