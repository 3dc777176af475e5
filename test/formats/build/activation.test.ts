import ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import {
  activate,
  activationNames,
  clip,
  elu,
  gelu,
  hardSigmoid,
  leakyRelu,
  maximum,
} from '../../../shared/formats/build/activation.ts';
import { Builder } from '../../../shared/formats/build/builder.ts';
import { Unconvertible } from '../../../shared/formats/build/unconvertible.ts';
import { anyInput, heldInput, run } from './_graph.ts';

const XS = [-3.5, -1, -0.2, 0, 0.3, 2, 7];

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => Math.log1p(Math.exp(x));
const softmax = (x: number): number =>
  Math.exp(x) / XS.reduce((sum, other) => sum + Math.exp(other), 0);

/** The error function by its series: far more exact than float32. */
function erf(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; n < 200; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** What each name means, written once more; keras.io/api/layers/activations. */
const MEANINGS: Readonly<Record<string, (x: number) => number>> = {
  linear: (x) => x,
  relu: (x) => Math.max(x, 0),
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  sigmoid,
  tanh: Math.tanh,
  softplus,
  softsign: (x) => x / (1 + Math.abs(x)),
  selu: (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
  exponential: Math.exp,
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  leaky_relu: (x) => (x > 0 ? x : 0.2 * x),
  silu: (x) => x * sigmoid(x),
  swish: (x) => x * sigmoid(x),
  softmax,
  log_softmax: (x) => Math.log(softmax(x)),
  gelu: (x) => (x / 2) * (1 + erf(x / Math.SQRT2)),
  mish: (x) => x * Math.tanh(softplus(x)),
};

const feed = new ort.Tensor('float32', Float32Array.from(XS), [1, XS.length]);

/** onnxruntime's exp, erf and tanh are within a few units of the last place. */
const near = (got: readonly number[] | undefined, wanted: readonly number[]): void => {
  for (const [at, value] of wanted.entries())
    expect(Math.abs((got?.[at] ?? Number.NaN) - value)).toBeLessThanOrEqual(
      2e-6 * Math.max(1, Math.abs(value)),
    );
};

describe('activations by name', () => {
  it.each(Object.keys(MEANINGS))('%s', async (name) => {
    const b = Builder.root(17);
    const [result] = await run(b, [activate(b, name, b.input('x', 'float32', [1, XS.length]))], {
      x: feed,
    });
    near(
      result?.numbers,
      XS.map((x) => MEANINGS[name]?.(x) ?? Number.NaN),
    );
  });

  it('are all written down here that have one meaning', () => {
    const others = activationNames().filter((name) => !(name in MEANINGS));
    expect(Object.keys(MEANINGS).filter((name) => !activationNames().includes(name))).toEqual([]);
    // Later names need a meaning too.
    expect(others).toEqual(OTHERS);
  });

  it('refuses names that it does not know, and those that every object has', () => {
    const b = Builder.root(17);
    const x = anyInput(b, 'float32', [1]);
    for (const name of ['new_relu', 'constructor'])
      expect(() => activate(b, name, x)).toThrow(Unconvertible);
  });
});

/** Tested with the layers that use them. */
const OTHERS: readonly string[] = [];

describe('with parameters', () => {
  it('they are what they say', async () => {
    const b = Builder.root(17);
    const x = b.input('x', 'float32', [1, XS.length]);
    const values = [
      clip(b, x, -1, undefined),
      clip(b, x, undefined, 0.5),
      elu(b, x, 0.5),
      leakyRelu(b, x, 0.1),
      hardSigmoid(b, x, 1 / 6, 0.5),
      gelu(b, x, true),
      maximum(b, x, b.scalar(1, 'float32')),
    ];
    const results = await run(b, values, { x: feed });
    const wanted: ((x: number) => number)[] = [
      (x) => Math.max(x, -1),
      (x) => Math.min(x, 0.5),
      (x) => (x > 0 ? x : 0.5 * Math.expm1(x)),
      (x) => (x > 0 ? x : 0.1 * x),
      (x) => Math.min(Math.max(x / 6 + 0.5, 0), 1),
      (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
      (x) => Math.max(x, 1),
    ];
    for (const [at, compute] of wanted.entries()) near(results[at]?.numbers, XS.map(compute));
  });

  it('keep the order in which the value is held', () => {
    const b = Builder.root(17);
    const { value } = heldInput(b, 'x', [1, 2, 3, 4], [0, 3, 1, 2]);
    for (const y of [clip(b, value, 0, 6), gelu(b, value, true), activate(b, 'softmax', value)])
      expect(y.order).toEqual([0, 3, 1, 2]);
  });
});
