/** Activation functions by their Keras names; TensorFlow's and TFLite's fused ones are among them. */
import { floatAttribute } from '../../onnx/make-node.ts';
import type { Builder } from './builder.ts';
import { cast } from './cast.ts';
import { arithmetic, broadcast, unary } from './elementwise.ts';
import { kernelType } from './kernel-type.ts';
import { alongAxis } from './reduce.ts';
import { Unconvertible } from './unconvertible.ts';
import type { Value } from './value.ts';

type Activation = (b: Builder, x: Value) => Value;

const direct =
  (op: string): Activation =>
  (b, x) =>
    unary(b, op, x);

/** min(max(x, low), high); a side that is missing is open. */
export function clip(
  b: Builder,
  x: Value,
  low: number | undefined,
  high: number | undefined,
): Value {
  const carried = kernelType('Clip', x.type, b.opset);
  const bounds = [low, high].map((bound) =>
    bound === undefined ? '' : b.hold(b.scalar(bound, carried)),
  );
  const inputs = [b.holdAsIs(cast(b, x, carried)), ...bounds];
  return cast(b, b.emit('Clip', inputs, carried, x.shape, { order: x.order }), x.type);
}

/** x · Φ(x), exactly or by the tanh approximation. Opset 20 has it as one operator. */
export function gelu(b: Builder, x: Value, approximate: boolean): Value {
  const half = b.scalar(0.5, x.type);
  const one = b.scalar(1, x.type);
  if (approximate) {
    const cube = arithmetic(b, 'Mul', arithmetic(b, 'Mul', x, x), x);
    const inner = arithmetic(b, 'Add', x, arithmetic(b, 'Mul', cube, b.scalar(0.044715, x.type)));
    const tanh = unary(
      b,
      'Tanh',
      arithmetic(b, 'Mul', inner, b.scalar(Math.sqrt(2 / Math.PI), x.type)),
    );
    return arithmetic(b, 'Mul', arithmetic(b, 'Mul', x, half), arithmetic(b, 'Add', tanh, one));
  }
  const erf = unary(b, 'Erf', arithmetic(b, 'Div', x, b.scalar(Math.SQRT2, x.type)));
  return arithmetic(b, 'Mul', arithmetic(b, 'Mul', x, half), arithmetic(b, 'Add', erf, one));
}

/** clip(alpha · x + beta, 0, 1). */
export function hardSigmoid(b: Builder, x: Value, alpha: number, beta: number): Value {
  const attributes = { alpha: floatAttribute(alpha), beta: floatAttribute(beta) };
  return unary(b, 'HardSigmoid', x, attributes);
}

/** x · sigmoid(x). */
export const silu: Activation = (b, x) => arithmetic(b, 'Mul', x, unary(b, 'Sigmoid', x));

/** x where it is positive, slope · x where not. */
export const leakyRelu = (b: Builder, x: Value, slope: number): Value =>
  unary(b, 'LeakyRelu', x, { alpha: floatAttribute(slope) });

/** alpha · (eˣ − 1) where x is negative. */
export const elu = (b: Builder, x: Value, alpha: number): Value =>
  unary(b, 'Elu', x, { alpha: floatAttribute(alpha) });

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  linear: (_, x) => x,
  relu: direct('Relu'),
  relu6: (b, x) => clip(b, x, 0, 6),
  sigmoid: direct('Sigmoid'),
  tanh: direct('Tanh'),
  softplus: direct('Softplus'),
  softsign: direct('Softsign'),
  selu: direct('Selu'),
  exponential: direct('Exp'),
  elu: (b, x) => elu(b, x, 1),
  leaky_relu: (b, x) => leakyRelu(b, x, 0.2),
  silu,
  swish: silu,
  softmax: (b, x) => alongAxis(b, 'Softmax', x),
  log_softmax: (b, x) => alongAxis(b, 'LogSoftmax', x),
  gelu: (b, x) => gelu(b, x, false),
  mish: (b, x) => arithmetic(b, 'Mul', x, unary(b, 'Tanh', unary(b, 'Softplus', x))),
};

/** Applies an activation by name. @throws Unconvertible for one that is not in the table */
export function activate(b: Builder, name: string, x: Value): Value {
  const activation = Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined;
  if (!activation) throw new Unconvertible(`its activation "${name}" is not known`);
  return activation(b, x);
}

/** The names that {@link activate} takes. */
export const activationNames = (): readonly string[] => Object.keys(ACTIVATIONS);

/** The larger of both, element by element. */
export const maximum = (b: Builder, x: Value, y: Value): Value =>
  broadcast(b, 'Max', [x, y], x.type);
