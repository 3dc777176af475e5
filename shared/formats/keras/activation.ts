/** Activations that layers name in their configuration, and those that are layers or operations themselves. */
import { floatAttribute } from '../../onnx/make-node.ts';
import {
  activate,
  activationNames,
  clip,
  gelu,
  hardSigmoid,
  leakyRelu,
  silu,
} from '../build/activation.ts';
import type { Builder } from '../build/builder.ts';
import { cast } from '../build/cast.ts';
import { isFixed, upTo } from '../build/dims.ts';
import { arithmetic, broadcast, comparison, unary } from '../build/elementwise.ts';
import { splitEvenly } from '../build/join.ts';
import { reduce } from '../build/reduce.ts';
import { Unconvertible } from '../build/unconvertible.ts';
import type { Value } from '../build/value.ts';
import { describe, isObject } from './config.ts';
import type { LayerCall } from './layer.ts';

const scalar = (b: Builder, x: Value, value: number): Value => b.scalar(value, x.type);

/** −softplus(−x). */
export const logSigmoid = (b: Builder, x: Value): Value =>
  unary(b, 'Neg', unary(b, 'Softplus', unary(b, 'Neg', x)));

/** x · hard sigmoid, as Keras 3 has it. */
export const hardSilu = (b: Builder, x: Value): Value =>
  arithmetic(b, 'Mul', x, hardSigmoid(b, x, 1 / 6, 0.5));

/** x − bias beyond the threshold on both sides, 0 between. */
export const shrink = (b: Builder, x: Value, threshold: number, bias: number): Value =>
  unary(b, 'Shrink', x, { lambd: floatAttribute(threshold), bias: floatAttribute(bias) });

/** x − tanh x. */
export const tanhShrink = (b: Builder, x: Value): Value =>
  arithmetic(b, 'Sub', x, unary(b, 'Tanh', x));

/** max(0, x) + min(0, alpha · (exp(x / alpha) − 1)). */
export const celu = (b: Builder, x: Value, alpha: number): Value =>
  unary(b, 'Celu', x, { alpha: floatAttribute(alpha) });

/** The first half along an axis times the sigmoid of the second. */
export function glu(b: Builder, x: Value, axis: number): Value {
  const [left, right] = splitEvenly(b, x, 2, axis);
  if (!left || !right) throw new Unconvertible('it has no two halves');
  return arithmetic(b, 'Mul', left, unary(b, 'Sigmoid', right));
}

/** (x + √(x² + size)) / 2. */
export function squareplus(b: Builder, x: Value, size: number): Value {
  const inner = arithmetic(b, 'Add', arithmetic(b, 'Mul', x, x), scalar(b, x, size));
  return arithmetic(b, 'Mul', arithmetic(b, 'Add', x, unary(b, 'Sqrt', inner)), scalar(b, x, 0.5));
}

/** 0 up to −1, (x + 1)² / 4 up to 1, x beyond. */
export function sparsePlus(b: Builder, x: Value): Value {
  const bent = clip(b, arithmetic(b, 'Add', x, scalar(b, x, 1)), 0, 2);
  const curve = arithmetic(b, 'Mul', arithmetic(b, 'Mul', bent, bent), scalar(b, x, 0.25));
  // Beyond 1 the curve stands at 1, and what x has more is added.
  const more = unary(b, 'Relu', arithmetic(b, 'Sub', x, scalar(b, x, 1)));
  return arithmetic(b, 'Add', curve, more);
}

/** x where it is beyond the threshold, another value where not. */
export const threshold = (b: Builder, x: Value, limit: number, other: number): Value =>
  broadcast(
    b,
    'Where',
    [comparison(b, 'Greater', x, scalar(b, x, limit)), x, scalar(b, x, other)],
    x.type,
  );

/**
 * Sparsemax along the last axis as Keras computes it: the threshold comes from the sum of all running sums of
 * the support, where the paper (Martins and Astudillo, 2016) takes the last one.
 */
export function sparsemax(b: Builder, x: Value): Value {
  const size = x.sizes.at(-1);
  if (!isFixed(size)) throw new Unconvertible('it needs a fixed size along its axis');
  const [name = ''] = b.node('TopK', [b.hold(x), b.ints([size])], {}, 2);
  const sorted = b.named(name, x.type, x.sizes);
  const axis = b.scalar(x.rank - 1, 'int64');
  const sums = b.emit('CumSum', [b.hold(sorted), b.hold(axis)], x.type, x.sizes);
  const ranks = b.numbers(
    upTo(size).map((rank) => rank + 1),
    x.type,
  );
  const bound = arithmetic(b, 'Add', arithmetic(b, 'Mul', sorted, ranks), scalar(b, x, 1));
  const support = cast(b, comparison(b, 'Greater', bound, sums), x.type);
  const count = reduce(b, 'ReduceSum', support, [-1], true);
  const kept = reduce(b, 'ReduceSum', arithmetic(b, 'Mul', sums, support), [-1], true);
  const tau = arithmetic(b, 'Div', arithmetic(b, 'Sub', kept, scalar(b, x, 1)), count);
  return unary(b, 'Relu', arithmetic(b, 'Sub', x, tau));
}

type Activation = (b: Builder, x: Value, keras: 2 | 3) => Value;

/** What the table of all formats does not have, or has otherwise. */
const OWN: Readonly<Record<string, Activation>> = {
  // Keras 3 changed it: relu6(x + 3) / 6.
  hard_sigmoid: (b, x, keras) =>
    keras === 2 ? hardSigmoid(b, x, 0.2, 0.5) : hardSigmoid(b, x, 1 / 6, 0.5),
  leaky_relu: (b, x) => leakyRelu(b, x, 0.2),
  hard_silu: hardSilu,
  hard_swish: hardSilu,
  hard_tanh: (b, x) => clip(b, x, -1, 1),
  hard_shrink: (b, x) => shrink(b, x, 0.5, 0),
  soft_shrink: (b, x) => shrink(b, x, 0.5, 0.5),
  tanh_shrink: tanhShrink,
  log_sigmoid: logSigmoid,
  celu: (b, x) => celu(b, x, 1),
  glu: (b, x) => glu(b, x, -1),
  squareplus: (b, x) => squareplus(b, x, 4),
  sparse_plus: sparsePlus,
  sparse_sigmoid: (b, x) => hardSigmoid(b, x, 0.5, 0.5),
  sparsemax,
  // Written by Keras 2 with its switch for `approximate` left at its default.
  gelu: (b, x) => gelu(b, x, false),
  silu,
};

/** The names that {@link activateBy} takes. */
export const kerasActivations = (): readonly string[] => [
  ...new Set([...activationNames(), ...Object.keys(OWN)]),
];

/** Applies an activation of Keras by name. @throws Unconvertible for one that is not known */
export function activateNamed(b: Builder, name: string, x: Value, keras: 2 | 3): Value {
  const own = Object.hasOwn(OWN, name) ? OWN[name] : undefined;
  return own ? own(b, x, keras) : activate(b, name, x);
}

/**
 * Applies the activation that the layer's configuration names under `key`: none, a name, a function, or
 * a layer in serialized form.
 * @throws Unconvertible for a function of the user's own
 */
export function activateBy(call: LayerCall, x: Value, key = 'activation'): Value {
  const { b, config, keras } = call;
  const named = config[key];
  if (named === null || named === undefined) return x;
  if (typeof named === 'string') return activateNamed(b, named, x, keras);
  if (isObject(named)) {
    const { class_name: className, config: inner } = named;
    if (className === 'function' && typeof inner === 'string')
      return activateNamed(b, inner, x, keras);
    const [value] = call.apply(named, [x], call.weights.child(key)).outputs;
    if (value) return value;
  }
  throw new Unconvertible(`its activation ${describe(named)} is not known`);
}
