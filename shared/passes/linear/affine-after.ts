/** s · L(x) + t as one linear node. */
import type { Node } from '../../onnx/model.ts';
import type { GraphContext } from '../../rewrite/graph-context.ts';
import { Refusal, refuse } from '../../rewrite/refusal.ts';
import { type ChannelVector, isReasonable } from './channel-vector.ts';
import { biasVector, refusedWeights, scaledWeight, withParameters } from './fold-into.ts';
import { type LinearOp, linearOp } from './linear-op.ts';

/** What becomes of a linear node. */
export interface AffineAfter {
  readonly linear: LinearOp;
  /** By channel of its output; absent: 1 for all. */
  readonly scale: ChannelVector | undefined;
  /** The new bias; absent: there is none, and none is needed. */
  readonly bias: ChannelVector | undefined;
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
  const before = biasVector(linear);
  if (!before) return refuse('its bias is not one number a channel', node);
  const { scale, shift } = affine;
  if ((scale && !isReasonable(scale)) || (shift && !isReasonable(shift)))
    return refuse('the numbers to be folded are not finite, or far too large', node);
  const isScaled = scale?.some((factor) => factor !== 1) ?? false;
  const isShifted = shift?.some((value) => value !== 0) ?? false;
  // Without a place for a bias; of two dimensions it can become a Gemm.
  if (node.opType === 'MatMul' && isShifted && linear.rank !== 2) return null;
  const after = before.map(
    (value, channel) => value * (scale?.[channel] ?? 1) + (shift?.[channel] ?? 0),
  );
  const facts = {
    linear,
    scale: isScaled ? scale : undefined,
    bias: isShifted || linear.bias ? after : undefined,
  };
  if (!facts.scale) return facts;
  const factors = { out: facts.scale, ...(facts.bias ? { bias: facts.bias } : {}) };
  return refusedWeights(linear, factors, context) ?? facts;
}

/** Folds; the linear node then gives what `root` gave. */
export function applyAfter(
  { linear, scale, bias }: AffineAfter,
  root: Node,
  context: GraphContext,
): void {
  const folded = withParameters(
    linear,
    {
      ...(scale ? { weight: scaledWeight(linear, { out: scale }) } : {}),
      ...(bias ? { bias } : {}),
    },
    context,
  );
  // Of two dimensions, a MatMul with a bias is a Gemm.
  if (folded.opType === 'MatMul' && bias) context.editor.update(folded, { opType: 'Gemm' });
  const [output = ''] = root.outputs;
  context.editor.replaceValue(output, folded.outputs[0] ?? '');
}
