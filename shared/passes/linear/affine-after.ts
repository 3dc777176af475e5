/** s · L(x) + t as one linear node. */
import type { Node } from '../../onnx/model.ts';
import type { GraphContext } from '../../rewrite/graph-context.ts';
import { Refusal, refuse } from '../../rewrite/refusal.ts';
import { type ChannelVector, isReasonable } from './channel-vector.ts';
import { biasVector, scaledWeight, sharedWeights, withParameters } from './fold-into.ts';
import { type LinearOp, linearOp } from './linear-op.ts';

/** What becomes of a linear node: scale and shift by channel of its output. */
export interface AffineAfter {
  readonly linear: LinearOp;
  readonly bias: ChannelVector;
  readonly scale: ChannelVector;
  readonly shift: ChannelVector;
}

/** What an operator does behind a linear one: scale and shift, `null` for something else. */
export type AffineOf = (
  linear: LinearOp,
) => { readonly scale?: ChannelVector; readonly shift?: ChannelVector } | Refusal | null;

/** Reads the linear node and what follows it; a refusal where the two cannot be one. */
export function affineAfter(
  node: Node,
  context: GraphContext,
  affineOf: AffineOf,
): AffineAfter | Refusal | null {
  const linear = linearOp(node, context);
  if (linear instanceof Refusal) return linear;
  const affine = affineOf(linear);
  if (affine === null || affine instanceof Refusal) return affine;
  const bias = biasVector(linear);
  if (!bias) return refuse('its bias is not one number a channel', node);
  const scale = affine.scale ?? new Float64Array(linear.outChannels).fill(1);
  const shift = affine.shift ?? new Float64Array(linear.outChannels);
  if (!isReasonable(scale) || !isReasonable(shift))
    return refuse('the numbers to be folded are not finite, or far too large', node);
  const isScaled = scale.some((factor) => factor !== 1);
  if (node.opType === 'MatMul' && shift.some((value) => value !== 0) && linear.rank !== 2)
    return null;
  return (isScaled ? sharedWeights(linear, context) : undefined) ?? { linear, bias, scale, shift };
}

/** Folds; the linear node then gives what `root` gave. */
export function applyAfter(
  { linear, bias, scale, shift }: AffineAfter,
  root: Node,
  context: GraphContext,
): void {
  const isScaled = scale.some((factor) => factor !== 1);
  const isShifted = linear.bias !== undefined || shift.some((value) => value !== 0);
  const newBias = bias.map(
    (value, channel) => value * (scale[channel] ?? 1) + (shift[channel] ?? 0),
  );
  const folded = withParameters(
    linear,
    {
      ...(isScaled ? { weight: scaledWeight(linear, { out: scale }) } : {}),
      ...(isShifted ? { bias: newBias } : {}),
    },
    context,
  );
  // Of two dimensions, a MatMul with a bias is a Gemm.
  if (folded.opType === 'MatMul' && isShifted) context.editor.update(folded, { opType: 'Gemm' });
  const [output = ''] = root.outputs;
  context.editor.replaceValue(output, folded.outputs[0] ?? '');
}
