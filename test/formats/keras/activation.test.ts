import { describe, expect, it } from 'vitest';
import { buildModel } from '../../../shared/formats/build/build-model.ts';
import type { Builder } from '../../../shared/formats/build/builder.ts';
import type { Value } from '../../../shared/formats/build/value.ts';
import {
  activateBy,
  activateNamed,
  kerasActivations,
} from '../../../shared/formats/keras/activation.ts';
import type { Json } from '../../../shared/formats/keras/layer.ts';
import { runModel } from './_run.ts';
import { bundle, callOf } from './layers/_more.ts';

const X = [-4, -1.5, -0.5, 0, 0.25, 0.75, 2, 5];

async function of(work: (b: Builder, x: Value) => Value): Promise<readonly number[]> {
  const { model } = buildModel(undefined, (b) =>
    b.output('y', work(b, b.input('x', 'float32', [1, 8]))),
  );
  const x = { type: 'float32' as const, dims: [1, 8], data: Float32Array.from(X) };
  return Array.from((await runModel(model, { x })).y?.data ?? [], Number);
}

const clip = (x: number): number => Math.min(Math.max(x, 0), 1);

/** Those that no operation of Keras 3 in the bundle stands for, by their definitions. */
const BY_HAND: Readonly<Record<string, (x: number) => number>> = {
  linear: (x) => x,
  exponential: Math.exp,
  mish: (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
  swish: (x) => x / (1 + Math.exp(-x)),
  hard_swish: (x) => x * clip(x / 6 + 0.5),
};

describe('activations by name', () => {
  it.each(Object.entries(BY_HAND))('%s', async (name, exact) => {
    const made = await of((b, x) => activateNamed(b, name, x, 3));
    for (const [at, x] of X.entries()) expect(made[at]).toBeCloseTo(exact(x), 5);
  });
  it('hard_sigmoid is another function in Keras 2', async () => {
    const both = await Promise.all(
      ([2, 3] as const).map((keras) => of((b, x) => activateNamed(b, 'hard_sigmoid', x, keras))),
    );
    for (const [at, x] of X.entries()) {
      expect(both[0]?.[at]).toBeCloseTo(clip(0.2 * x + 0.5), 6);
      expect(both[1]?.[at]).toBeCloseTo(clip(x / 6 + 0.5), 6);
    }
  });
  it('all others stand in the bundle as operations', () => {
    const text = JSON.stringify(bundle().cases.map(({ name }) => name));
    const missing = kerasActivations().filter(
      (name) => !Object.hasOwn(BY_HAND, name) && !new RegExp(`operation ${name}[ "]`).test(text),
    );
    expect(missing).toEqual([]);
  });
});

describe('activations in a configuration', () => {
  const by = (activation: Json) =>
    of((b, x) => activateBy(callOf(b, 'Dense', [x], { activation }), x));
  it.each<readonly [string, Json]>([
    ['a name', 'relu'],
    ['a function', { class_name: 'function', config: 'relu', module: 'builtins' }],
  ])('may be %s', async (_, activation) => {
    expect(await by(activation)).toEqual(X.map((x) => Math.max(x, 0)));
  });
  it('may be none', async () => {
    expect(await by(null)).toEqual(X);
  });
  it.each<readonly [string, Json]>([
    ['of another name', 'quux'],
    ['of an object', 'toString'],
    ['a number', 7],
    ['a layer that gives nothing', { class_name: 'Own', config: {} }],
  ])('that is %s is refused', async (_, activation) => {
    await expect(by(activation)).rejects.toThrow('is not known');
  });
});
