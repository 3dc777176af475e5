/** Attention and AdditiveAttention: `[query, value, key]`, each `[N, steps, width]`. */
import { arithmetic, broadcast, unary } from '../../build/elementwise.ts';
import { matmul } from '../../build/matmul.ts';
import { alongAxis, reduce } from '../../build/reduce.ts';
import { unsqueeze } from '../../build/reshape.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { flagOf, inputOf, textOf, weightsOf } from '../config.ts';
import type { JsonObject, LayerCall, LayerResult, LayerTable } from '../layer.ts';
import { allOf, applyMask, causalMask } from './attention-scores.ts';

/** Scores `[N, Tq, Tv]` of queries `[N, Tq, width]` against keys `[N, Tv, width]`. */
type Scores = (call: LayerCall, query: Value, key: Value) => Value;

const dotScores: Scores = (call, query, key) => {
  const { b, config } = call;
  const scaled = flagOf(config, 'use_scale', false);
  if (textOf(config, 'score_mode', 'dot') === 'dot') {
    const scores = matmul(b, query, key, { transposeRight: true });
    const [scale] = weightsOf(call, scaled ? 1 : 0);
    return scale ? arithmetic(b, 'Mul', scores, scale) : scores;
  }
  const weights = weightsOf(call, scaled ? 2 : 1);
  const [scale, weight] = scaled ? weights : [undefined, weights[0]];
  if (!weight) throw new Unconvertible('the file holds no weight of its scores');
  const sum = pairSums(call, query, key);
  const bent = unary(b, 'Tanh', scale ? arithmetic(b, 'Mul', sum, scale) : sum);
  return arithmetic(b, 'Mul', reduce(b, 'ReduceSum', bent, [-1], false), weight);
};

const additiveScores: Scores = (call, query, key) => {
  const { b, config } = call;
  const [scale] = weightsOf(call, flagOf(config, 'use_scale', true) ? 1 : 0);
  const bent = unary(b, 'Tanh', pairSums(call, query, key));
  return reduce(b, 'ReduceSum', scale ? arithmetic(b, 'Mul', bent, scale) : bent, [-1], false);
};

/** Every query plus every key, `[N, Tq, Tv, width]`. */
const pairSums = ({ b }: LayerCall, query: Value, key: Value): Value =>
  arithmetic(b, 'Add', unsqueeze(b, query, [-2]), unsqueeze(b, key, [-3]));

const attention =
  (scoresOf: Scores) =>
  (call: LayerCall): LayerResult => {
    const { b } = call;
    const query = inputOf(call, 0);
    const value = inputOf(call, 1);
    const [queryMask, valueMask] = call.masks;
    // Keras 2 has the switch in the configuration of older files, later ones in the call.
    const causal = isSet(call.keywords.use_causal_mask) || isCausal(call.config);
    const scores = scoresOf(call, query, call.inputs[2] ?? value);
    const mask = allOf(b, [
      valueMask && unsqueeze(b, valueMask, [-2]),
      causal ? causalMask(b, scores, scores, scores.rank - 2, scores.rank - 1) : undefined,
    ]);
    const weights = alongAxis(b, 'Softmax', applyMask(b, scores, mask));
    const sum = matmul(b, weights, value);
    const result = queryMask
      ? broadcast(b, 'Where', [unsqueeze(b, queryMask, [-1]), sum, b.scalar(0, sum.type)], sum.type)
      : sum;
    const outputs = isSet(call.keywords.return_attention_scores) ? [result, weights] : [result];
    return { outputs, mask: queryMask };
  };

const isSet = (value: unknown): boolean => value === true;

const isCausal = (config: JsonObject): boolean => flagOf(config, 'causal', false);

export const ATTENTION: LayerTable = {
  Attention: attention(dotScores),
  AdditiveAttention: attention(additiveScores),
};
