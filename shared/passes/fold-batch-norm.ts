/** BatchNormalization in inference is a scale and a shift by channel: it goes into the linear operator next to it. */
import { floatOf, intOf } from '../onnx/attributes.ts';
import type { Node } from '../onnx/model.ts';
import { doubleValues } from '../rewrite/constants.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, op } from '../rewrite/pattern.ts';
import { Refusal, refuse } from '../rewrite/refusal.ts';
import { rule } from '../rewrite/rule.ts';
import { type AffineAfter, affineAfter, applyAfter } from './linear/affine-after.ts';
import { type ChannelVector, isReasonable } from './linear/channel-vector.ts';
import {
  biasVector,
  refusedWeights,
  scaledWeight,
  shiftThrough,
  withParameters,
} from './linear/fold-into.ts';
import { LINEAR_OPS, type LinearOp, linearOp } from './linear/linear-op.ts';

interface Statistics {
  readonly scale: ChannelVector;
  readonly shift: ChannelVector;
}

/** γ / √(σ² + ε) and β − μ γ / √(σ² + ε), by channel. */
function statisticsOf(node: Node, context: GraphContext): Statistics | Refusal {
  if (intOf(node, 'training_mode', 0) !== 0 || node.outputs.length > 1)
    return refuse('it trains', node);
  if (intOf(node, 'spatial', 1) === 0) return refuse('it normalizes each position by itself', node);
  const [gamma, beta, mean, variance] = node.inputs.slice(1).map((name) => {
    const tensor = context.constant(name);
    return tensor && doubleValues(tensor);
  });
  if (!gamma || !beta || !mean || !variance) return refuse('its statistics are computed', node);
  const epsilon = floatOf(node, 'epsilon', 1e-5);
  const scale = Float64Array.from(
    gamma,
    (value, channel) => value / Math.sqrt((variance[channel] ?? 0) + epsilon),
  );
  const shift = scale.map(
    (factor, channel) => (beta[channel] ?? 0) - (mean[channel] ?? 0) * factor,
  );
  return { scale, shift };
}

/** Whether the linear node's channels are on axis 1, where BatchNormalization has them. */
function hasChannelsSecond({ rank, channelAxis }: LinearOp): boolean {
  return rank !== undefined && rank + channelAxis === 1;
}

const after = rule<AffineAfter>({
  name: 'batch-norm-after',
  identity: 'γ (W x + b − μ) / √(σ² + ε) + β = (s · W) x + s · (b − μ) + β, s = γ / √(σ² + ε)',
  pattern: op('BatchNormalization', [op(LINEAR_OPS, [any('x')], { as: 'linear' })]),
  check: (match, context) =>
    affineAfter(match.node('linear'), context, (linear) =>
      hasChannelsSecond(linear) ? statisticsOf(match.root, context) : null,
    ),
  rewrite: (match, facts, context) => applyAfter(facts, match.root, context),
});

interface Before {
  readonly linear: LinearOp;
  readonly scale: ChannelVector;
  readonly bias: ChannelVector;
}

const before = rule<Before>({
  name: 'batch-norm-before',
  identity: 'W (s · x + t) + b = (W · s) x + (W t + b), where nothing is padded or t is 0',
  pattern: op(LINEAR_OPS, [op('BatchNormalization', [any('x')], { as: 'norm' })]),
  check: (match, context) => {
    const norm = match.node('norm');
    const statistics = statisticsOf(norm, context);
    if (statistics instanceof Refusal) return statistics;
    const linear = linearOp(match.root, context);
    if (linear instanceof Refusal) return linear;
    const { scale, shift } = statistics;
    if (!hasChannelsSecond(linear) || intOf(match.root, 'transA', 0) === 1) return null;
    const isShifted = shift.some((value) => value !== 0);
    if (isShifted && !linear.seesAll)
      return refuse('the padding is not shifted with the rest', match.root);
    const own = biasVector(linear);
    if (!own) return refuse('its bias is not one number a channel', match.root);
    const through = shiftThrough(linear, shift);
    const bias = own.map((value, channel) => value + (through[channel] ?? 0));
    if (!isReasonable(scale) || !isReasonable(bias))
      return refuse('the numbers to be folded are not finite, or far too large', norm);
    return refusedWeights(linear, { in: scale, bias }, context) ?? { linear, scale, bias };
  },
  rewrite: (match, { linear, scale, bias }, context) => {
    const { editor } = context;
    const weight = scaledWeight(linear, { in: scale });
    const hasBias = linear.bias !== undefined || bias.some((value) => value !== 0);
    const folded = withParameters(linear, { weight, ...(hasBias ? { bias } : {}) }, context);
    const opType = folded.opType === 'MatMul' && hasBias ? 'Gemm' : folded.opType;
    editor.update(folded, { opType, inputs: [match.value('x'), ...folded.inputs.slice(1)] });
    editor.remove(match.node('norm'));
  },
});

export const foldBatchNorm = rulePass(
  'fold-batch-norm',
  'BatchNormalization(W x + b) = (s · W) x + b′; W · BatchNormalization(x) likewise where nothing is padded',
  [after, before],
  { needsTypes: true },
);
