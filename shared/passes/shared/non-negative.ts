/** Proofs that a value holds no negative number. */
import { intsOf, stringOf } from '../../onnx/attributes.ts';
import type { Node } from '../../onnx/model.ts';
import { elementCount } from '../../onnx/tensor-data.ts';
import { hasTrait } from '../../ops/traits.ts';
import { doubleValues, isFloat, SMALL_ELEMENTS } from '../../rewrite/constants.ts';
import type { GraphContext } from '../../rewrite/graph-context.ts';
import { clipBounds } from './scalars.ts';
import { seesInput } from './window.ts';

/** How far back the proof goes: longer chains are rare, and each step may branch. */
const MAX_DEPTH = 6;

/** Give nothing below 0 when no input has anything below 0. A maximum of nothing (ReduceMax) is −∞. */
const KEEP_SIGN: ReadonlySet<string> = new Set([
  'Add',
  'Mul',
  'Sum',
  'Mean',
  'Max',
  'Min',
  'Concat',
  'AveragePool',
  'GlobalAveragePool',
  'ReduceMean',
  'ReduceSum',
  'Dropout',
  'Ceil',
  'Floor',
  'Round',
]);

/** Whether no element of the value can be below 0 (one that is no number may be there). */
export function isNeverNegative(value: string, context: GraphContext, depth = 0): boolean {
  const type = context.elementTypeOf(value);
  if (type?.startsWith('uint')) return true;
  const tensor = context.constant(value);
  if (tensor)
    return (
      elementCount(tensor) <= SMALL_ELEMENTS &&
      Array.from(doubleValues(tensor) ?? [-1]).every((element) => element >= 0)
    );
  const node = context.editor.producer(value);
  // Sums of signed integers may wrap around.
  if (node?.domain !== '' || depth > MAX_DEPTH || !type || !isFloat(type)) return false;
  const ofInput = (input: string): boolean => isNeverNegative(input, context, depth + 1);
  if (hasTrait(node, 'never-negative')) return true;
  if (node.opType === 'Clip') {
    // Bounds in the wrong order give the upper one.
    const { min, max } = clipBounds(node, context) ?? { min: -1, max: -1 };
    return min >= 0 && max >= 0;
  }
  if (node.opType === 'MaxPool')
    return seesInput(node, intsOf(node, 'pads') ?? []) && ofInput(node.inputs[0] ?? '');
  if (node.opType === 'Max') return node.inputs.some(ofInput);
  if (isSquare(node)) return true;
  if (KEEP_SIGN.has(node.opType) && node.outputs[0] === value) return signed(node).every(ofInput);
  return movesOnly(node) && ofInput(node.inputs[0] ?? '');
}

function isSquare(node: Node): boolean {
  return node.opType === 'Mul' && node.inputs[0] === node.inputs[1];
}

/** The inputs whose elements come into the result: of a reduction or a pooling, the first alone. */
function signed(node: Node): readonly string[] {
  const isOfAll = hasTrait(node, 'elementwise') || node.opType === 'Concat';
  return isOfAll ? node.inputs : node.inputs.slice(0, 1);
}

/** Resize by nearest neighbour moves elements too; other modes may overshoot, or fill in what the caller likes. */
function movesOnly(node: Node): boolean {
  if (node.opType === 'Resize')
    return (
      stringOf(node, 'mode', 'nearest') === 'nearest' &&
      stringOf(node, 'coordinate_transformation_mode', '') !== 'tf_crop_and_resize'
    );
  return hasTrait(node, 'data-movement');
}
