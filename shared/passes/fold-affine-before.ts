/** Multiplications and additions of one number a channel, in front of a linear operator, go into its weights and bias. */

import { intOf } from '../onnx/attributes.ts';
import type { StoredTensor } from '../onnx/stored-tensor.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import type { Match } from '../rewrite/match.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, constant, op } from '../rewrite/pattern.ts';
import { Refusal, refuse } from '../rewrite/refusal.ts';
import { rule } from '../rewrite/rule.ts';
import { type ChannelVector, channelVector, isReasonable } from './linear/channel-vector.ts';
import {
  biasVector,
  placeConstant,
  refusedWeights,
  scaledWeight,
  shiftThrough,
  vectorTensor,
  withParameters,
} from './linear/fold-into.ts';
import { LINEAR_OPS, type LinearOp, linearOp } from './linear/linear-op.ts';
import { broadcastsInto } from './shared/shapes.ts';

interface Scale {
  readonly linear: LinearOp;
  readonly factor: ChannelVector;
}

const scale = rule<Scale>({
  name: 'scale-before',
  identity: 'W (s · x) = (W · s) x',
  pattern: op(LINEAR_OPS, [op(['Mul', 'Div'], [any('x'), constant('c')], { as: 'affine' })]),
  check: scaleOf,
  rewrite: (match, { linear, factor }, context) => {
    const folded = withParameters(
      linear,
      { weight: scaledWeight(linear, { in: factor }) },
      context,
    );
    const inputs = [match.value('x'), ...folded.inputs.slice(1)];
    context.editor.update(folded, { inputs });
    context.editor.remove(match.node('affine'));
  },
});

function scaleOf(match: Match, context: GraphContext): Scale | Refusal | null {
  const linear = linearOp(match.root, context);
  if (linear instanceof Refusal) return linear;
  const vector = inputVector(match.constant('c'), match.value('x'), linear, context);
  if (!vector) return refuse('its constant is not one number a channel', match.node('affine'));
  const factor = match.node('affine').opType === 'Div' ? vector.map((value) => 1 / value) : vector;
  if (!isReasonable(factor))
    return refuse(
      'the numbers to be folded are not finite, or far too large',
      match.node('affine'),
    );
  return refusedWeights(linear, { in: factor }, context) ?? { linear, factor };
}

/** A constant in front of the node by channel of its input, where the input has its shape without it. */
function inputVector(
  tensor: StoredTensor,
  x: string,
  { node, inChannels, channelAxis, rank }: LinearOp,
  context: GraphContext,
): ChannelVector | undefined {
  if (node.opType === 'Gemm' && intOf(node, 'transA', 0) === 1) return undefined;
  if (!broadcastsInto(tensor.dims, context.shapeOf(x))) return undefined;
  return channelVector(tensor, inChannels, channelAxis, rank);
}

interface Shift {
  readonly linear: LinearOp;
  readonly bias: ChannelVector;
}

const shift = rule<Shift>({
  name: 'shift-before',
  identity: 'W (x + t) + b = W x + (W t + b), where nothing is padded',
  pattern: op(['Conv', 'Gemm'], [op(['Add', 'Sub'], [any('x'), constant('c')], { as: 'affine' })]),
  check: (match, context) => {
    const affine = match.node('affine');
    const linear = linearOp(match.root, context);
    if (linear instanceof Refusal) return linear;
    if (!linear.seesAll) return refuse('the padding is not shifted with the rest', match.root);
    const vector = inputVector(match.constant('c'), match.value('x'), linear, context);
    if (!vector) return refuse('its constant is not one number a channel', affine);
    const before = biasVector(linear);
    if (!before) return refuse('its bias is not one number a channel', match.root);
    const through = shiftThrough(linear, vector);
    const sign = affine.opType === 'Sub' ? -1 : 1;
    const bias = before.map((value, channel) => value + sign * (through[channel] ?? 0));
    return isReasonable(bias)
      ? { linear, bias }
      : refuse('the numbers to be folded are not finite, or far too large', affine);
  },
  rewrite: (match, { linear, bias }, context) => {
    const folded = withParameters(linear, { bias }, context);
    const inputs = [match.value('x'), ...folded.inputs.slice(1)];
    context.editor.update(folded, { inputs });
    context.editor.remove(match.node('affine'));
  },
});

interface ScaleBehindShift extends Scale {
  /** b / s, in the shape that b had. */
  readonly shift: StoredTensor;
}

const scaleBehindShift = rule<ScaleBehindShift>({
  name: 'scale-before-shift',
  identity: 'W (s · x + t) = (W · s) (x + t / s), padded or not',
  pattern: op(LINEAR_OPS, [
    op(['Add', 'Sub'], [op('Mul', [any('x'), constant('c')], { as: 'affine' }), constant('t')], {
      as: 'shift',
    }),
  ]),
  check: (match, context) => {
    const facts = scaleOf(match, context);
    if (facts === null || facts instanceof Refusal) return facts;
    const { linear, factor } = facts;
    if (factor.some((value) => value === 0))
      return refuse('a channel is multiplied by 0', match.root);
    const vector = inputVector(match.constant('t'), match.value('x'), linear, context);
    if (!vector) return refuse('its constant is not one number a channel', match.node('shift'));
    const quotient = vector.map((value, channel) => value / (factor[channel] ?? 1));
    if (!isReasonable(quotient))
      return refuse('the shift is far larger than the scale', match.node('shift'));
    const behind = -1 - linear.channelAxis;
    const dims = [linear.inChannels, ...new Array<number>(behind).fill(1)];
    const shift = vectorTensor(match.value('t'), linear.weight, dims, quotient);
    return { ...facts, shift };
  },
  rewrite: (match, { linear, factor, shift }, context) => {
    const { editor } = context;
    withParameters(linear, { weight: scaledWeight(linear, { in: factor }) }, context);
    const name = placeConstant(match.value('t'), shift, context);
    editor.update(match.node('shift'), { inputs: [match.value('x'), name] });
    editor.remove(match.node('affine'));
  },
});

export const foldAffineBefore = rulePass(
  'fold-affine-before',
  'W (s · x + t) + b = (W · s) x + (W t + b), where nothing is padded; (W · s) (x + t / s) + b where it is',
  [shift, scale, scaleBehindShift],
  { needsTypes: true },
);
