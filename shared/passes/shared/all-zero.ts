/** Values that are zero everywhere, whatever their shape. */
import { elementCount } from '../../onnx/tensor-data.ts';
import { hasTrait } from '../../ops/traits.ts';
import { doubleValues } from '../../rewrite/constants.ts';
import type { GraphContext } from '../../rewrite/graph-context.ts';

/** How many operators back a zero is looked for: Expand, Unsqueeze, Concat and the like. */
const MAX_STEPS = 16;

/** Constants are looked into up to this many elements. */
const MAX_ELEMENTS = 1 << 20;

/** Whether the value is proved to hold zeros alone. */
export function isAllZero(value: string, context: GraphContext, steps = MAX_STEPS): boolean {
  const tensor = context.constant(value);
  if (tensor) {
    if (elementCount(tensor) > MAX_ELEMENTS) return false;
    const values = doubleValues(tensor);
    return values !== undefined && Array.from(values).every((element) => element === 0);
  }
  const definition = context.editor.resolve(value);
  if (definition?.kind !== 'node' || steps === 0) return false;
  const { node } = definition;
  if (node.domain !== '') return false;
  if (node.opType === 'ConstantOfShape') {
    const filler = node.attributes.get('value');
    // Without the attribute it fills with zeros.
    return filler?.type !== 'tensor' || doubleValues(filler.value)?.[0] === 0;
  }
  if (node.opType === 'Concat')
    return node.inputs.every((input) => isAllZero(input, context, steps - 1));
  return hasTrait(node, 'data-movement') && isAllZero(node.inputs[0] ?? '', context, steps - 1);
}
