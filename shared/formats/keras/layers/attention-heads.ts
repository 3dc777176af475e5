/** MultiHeadAttention and GroupedQueryAttention. */
import { upTo } from '../../build/dims.ts';
import { einsum } from '../../build/einsum.ts';
import { arithmetic, unary } from '../../build/elementwise.ts';
import { gather } from '../../build/join.ts';
import { matmul } from '../../build/matmul.ts';
import { transpose, unsqueeze } from '../../build/reshape.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import { Value } from '../../build/value.ts';
import { flagOf, isList, numberOf } from '../config.ts';
import type { Argument, LayerCall, LayerResult, LayerTable, LayerWeights } from '../layer.ts';
import { allOf, applyMask, causalMask, softmaxOver, windowMask } from './attention-scores.ts';
import { einsumDense } from './einsum-dense.ts';
import { quantizationOf, quantizedEinsum } from './quantized.ts';

/** A tensor that the layer is called with, and its mask. */
interface Operand {
  readonly value: Value;
  readonly mask: Value | undefined;
}

/** Query, value and key, by place or by name; the key is the value when it is left out. */
function operandsOf(call: LayerCall): {
  readonly query: Operand;
  readonly value: Operand;
  readonly key: Operand | undefined;
} {
  const query = operand(call, 0, 'query');
  const value = operand(call, 1, 'value');
  if (!query || !value) throw new Unconvertible('it is called without a query and a value');
  return { query, value, key: operand(call, 2, 'key') };
}

function operand(call: LayerCall, place: number, name: string): Operand | undefined {
  const given = call.keywords[`${name}_mask`];
  const stated = given instanceof Value ? given : undefined;
  const keyword = call.keywords[name];
  if (keyword instanceof Value) return { value: keyword, mask: stated ?? call.keywordMasks[name] };
  const positional = call.args[place];
  if (!(positional instanceof Value)) return undefined;
  const before = call.args.slice(0, place).filter((arg) => arg instanceof Value).length;
  return { value: positional, mask: stated ?? call.masks[before] };
}

/** The mask `[N, T, S]` of all that says which values a query may see. */
function maskOf(
  call: LayerCall,
  { query, value, key }: ReturnType<typeof operandsOf>,
): Value | undefined {
  const { b, config, keywords } = call;
  const causal = flag(keywords.use_causal_mask) || flag(argument(call, 9));
  const window = config.sliding_window;
  const along = (mask: Value | undefined, axis: number): Value | undefined =>
    mask && unsqueeze(b, mask, [axis]);
  const given = keywords.attention_mask ?? argument(call, 6);
  return allOf(b, [
    given instanceof Value ? given : undefined,
    along(query.mask, -1),
    along(value.mask, -2),
    along(key?.mask, -2),
    causal ? causalMask(b, query.value, value.value) : undefined,
    typeof window === 'number' ? windowMask(b, query.value, value.value, window) : undefined,
  ]);
}

const flag = (value: Argument | undefined): boolean => value === true;

const argument = ({ args }: LayerCall, place: number): Argument | undefined => args[place];

/** Variables of an inner projection: its attribute had an underscore in front in some versions of Keras. */
function projectionWeights({ weights }: LayerCall, name: string, short: string): LayerWeights {
  for (const attribute of [`${name}_dense`, `_${name}_dense`]) {
    const child = weights.child(attribute, short);
    if (child.own.length > 0) return child;
  }
  throw new Unconvertible(`the file holds no variables of its ${short}`);
}

/** An EinsumDense inside of the layer: it sums the last `bound` axes of `x`, and makes axes of the given sizes. */
function project(
  call: LayerCall,
  name: string,
  x: Value,
  bound: number,
  sizes: readonly unknown[],
): Value {
  const short = name === 'output' ? 'attention_output' : name;
  const weights = projectionWeights(call, name, short);
  const [kernel, bias] = weights.own;
  if (!kernel) throw new Unconvertible(`the file holds no kernel of its ${short}`);
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const kernelLetters = letters.slice(x.rank - bound, x.rank + sizes.length);
  const made = kernelLetters.slice(bound);
  const equation = `${letters.slice(0, x.rank)},${kernelLetters}->${letters.slice(0, x.rank - bound)}${made}`;
  const biasAxes = flagOf(call.config, 'use_bias', true) ? made : '';
  if (quantizationOf({ config: call.config, weights }))
    return quantizedEinsum({ ...call, weights }, equation, x, biasAxes, sizes);
  return einsumDense(call.b, equation, x, kernel, biasAxes === '' ? undefined : bias, biasAxes);
}

/** Axes of attention in the projected values, which have one axis more: heads. */
function attentionAxes({ config }: LayerCall, rank: number): readonly number[] {
  const axes = config.attention_axes;
  if (axes === null || axes === undefined) return upTo(rank - 3).map((axis) => axis + 1);
  const list = isList(axes) ? axes : [axes];
  return list.map((axis) => {
    if (typeof axis !== 'number') throw new Unconvertible('its "attention_axes" are no numbers');
    return axis < 0 ? rank - 1 + axis : axis;
  });
}

interface Attended {
  readonly sum: Value;
  readonly weights: Value;
}

/** Over one axis: `[N, T, heads, depth]` against `[N, S, heads, depth]`, as two matrix products. */
function attendPlain(
  { b }: LayerCall,
  query: Value,
  key: Value,
  value: Value,
  mask: Value | undefined,
): Attended {
  const heads = (x: Value): Value => transpose(b, x, [0, 2, 1, 3]);
  const scores = matmul(b, heads(query), heads(key), { transposeRight: true });
  const spread = mask && spreadMask({ b }, mask, 4, 1);
  const weights = softmaxOver(b, applyMask(b, scores, spread), [-1]);
  return { sum: transpose(b, matmul(b, weights, heads(value)), [0, 2, 1, 3]), weights };
}

/** A mask gets axes for what the scores have besides: heads, and batch axes without attention. */
function spreadMask({ b }: Pick<LayerCall, 'b'>, mask: Value, rank: number, axes: number): Value {
  let spread = mask;
  while (spread.rank < rank) spread = unsqueeze(b, spread, [spread.rank - axes * 2]);
  return spread;
}

/** Over any axes, by the equations of Keras. */
function attendAny(
  call: LayerCall,
  query: Value,
  key: Value,
  value: Value,
  mask: Value | undefined,
): Attended {
  const { b } = call;
  const axes = attentionAxes(call, query.rank);
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const target = letters.slice(0, query.rank);
  let next = query.rank;
  const source = [...target]
    .map((letter, axis) => (axes.includes(axis) ? letters.charAt(next++) : letter))
    .join('');
  const batch = [...target].filter((_, axis) => !axes.includes(axis) && axis !== query.rank - 1);
  const product = [
    ...batch,
    ...axes.map((axis) => target.charAt(axis)),
    ...axes.map((axis) => source.charAt(axis)),
  ].join('');
  const scores = einsum(b, `${source},${target}->${product}`, [key, query]);
  const rank = product.length;
  const spread = mask && spreadMask(call, mask, rank, axes.length);
  const over = axes.map((_, at) => rank - axes.length + at);
  const weights = softmaxOver(b, applyMask(b, scores, spread), over);
  return { sum: einsum(b, `${product},${source}->${target}`, [weights, value]), weights };
}

/** Heads and depths of the projections. */
interface Heads {
  readonly query: number;
  readonly shared: number;
  readonly depth: number;
  readonly valueDepth: number;
}

type Attend = (query: Value, key: Value, value: Value, mask: Value | undefined) => Attended;

/** Projections, attention by `attend`, and the projection of the result. */
function heads(call: LayerCall, sizes: Heads, attend: Attend): LayerResult {
  const { b, config } = call;
  const operands = operandsOf(call);
  const { query, value, key = value } = operands;
  const mask = maskOf(call, operands);
  const q = project(call, 'query', query.value, 1, [sizes.query, sizes.depth]);
  const scale = b.scalar(1 / Math.sqrt(sizes.depth), q.type);
  const repeated = (x: Value): Value => repeatHeads(call, x, sizes.query / sizes.shared);
  const { sum, weights } = attend(
    arithmetic(b, 'Mul', q, scale),
    repeated(project(call, 'key', key.value, 1, [sizes.shared, sizes.depth])),
    repeated(project(call, 'value', value.value, 1, [sizes.shared, sizes.valueDepth])),
    mask,
  );
  const gate = flagOf(config, 'use_gate', false)
    ? unary(b, 'Sigmoid', project(call, 'gate', query.value, 1, [sizes.query, sizes.valueDepth]))
    : undefined;
  const gated = gate ? arithmetic(b, 'Mul', sum, gate) : sum;
  const { output_shape: stated } = config;
  const width = isList(stated) ? stated : [stated ?? query.value.sizes.at(-1)];
  const result = project(call, 'output', gated, 2, width);
  const withScores = flag(call.keywords.return_attention_scores) || flag(argument(call, 7));
  return { outputs: withScores ? [result, weights] : [result], mask: query.mask };
}

/** Each head of keys and values serves several of queries, next to each other. */
function repeatHeads({ b }: LayerCall, x: Value, repeats: number): Value {
  if (repeats === 1) return x;
  const count = x.sizes[2];
  if (typeof count !== 'number') throw new Unconvertible('the number of its heads is free');
  const indices = upTo(count * repeats).map((head) => Math.floor(head / repeats));
  return gather(b, x, b.numbers(indices, 'int64'), 2);
}

/** Several heads of queries share one of keys and values. */
function grouped(call: LayerCall): LayerResult {
  const { config } = call;
  const depth = numberOf(config, 'head_dim');
  const sizes: Heads = {
    query: numberOf(config, 'num_query_heads'),
    shared: numberOf(config, 'num_key_value_heads'),
    depth,
    valueDepth: depth,
  };
  return heads(call, sizes, (query, key, value, mask) =>
    attendPlain(call, query, key, value, mask),
  );
}

function multiHead(call: LayerCall): LayerResult {
  const { config } = call;
  const count = numberOf(config, 'num_heads');
  const depth = numberOf(config, 'key_dim');
  const sizes: Heads = {
    query: count,
    shared: count,
    depth,
    valueDepth: numberOf(config, 'value_dim', depth),
  };
  return heads(call, sizes, (query, key, value, mask) =>
    query.rank === 4 && attentionAxes(call, 4).join() === '1'
      ? attendPlain(call, query, key, value, mask)
      : attendAny(call, query, key, value, mask),
  );
}

export const ATTENTION_HEADS: LayerTable = {
  MultiHeadAttention: multiHead,
  GroupQueryAttention: grouped,
};
