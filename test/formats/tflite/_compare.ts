/** Files of a bundle, run as TensorFlow Lite ran them. */
import { expect } from 'vitest';
import type { Tensor } from '../../../shared/base/tensor.ts';
import type { Model } from '../../../shared/onnx/model.ts';
import { converted, difference, fileOf, openRunner, type TfliteCase, unpacked } from './_run.ts';

/** Float32 sums of a few hundred products in another order, of the largest value. */
const TOLERANCE = 1e-6;

/** Integers: TFLite multiplies by fixed-point numbers, so that a result near the middle is rounded the other way. */
const ONE_STEP = 1;

/** TFLite rounds activations to 8 bits before it multiplies with weights of 8 bits; ONNX keeps them as they are. */
const TOLERANCE_DYNAMIC = 0.02;

export function toleranceOf({ quantize }: TfliteCase, type: string, range: number): number {
  if (quantize === 'dynamic') return TOLERANCE_DYNAMIC * range;
  if (quantize !== null && /^u?int/.test(type)) return ONE_STEP;
  return type.startsWith('float') ? TOLERANCE * Math.max(range, 1) : 0;
}

/** Converts the file, runs all steps and compares each output; gives the model. */
export async function expectSame(item: TfliteCase): Promise<Model> {
  const model = converted(fileOf(item));
  const runner = await openRunner(model);
  const kept = new Map<string, Tensor>(
    Object.entries(item.states ?? {}).map(([name, { dims }]) => {
      const count = dims.reduce((product, dim) => product * dim, 1);
      return [name, { type: 'float32', dims, data: new Float32Array(count) }];
    }),
  );
  for (const { inputs, outputs } of item.steps) {
    const feeds = Object.entries(inputs).map(([name, array]) => [name, unpacked(array)] as const);
    const found = await runner(Object.fromEntries([...feeds, ...kept]));
    for (const [name, { next }] of Object.entries(item.states ?? {})) {
      const state = found[next];
      if (state) kept.set(name, state);
    }
    for (const [name, array] of Object.entries(outputs))
      compare(item, found[name], unpacked(array));
  }
  return model;
}

function compare(item: TfliteCase, found: Tensor | undefined, wanted: Tensor): void {
  expect(found?.type).toBe(wanted.type);
  expect(found?.dims).toEqual(wanted.dims);
  if (!found) return;
  const { largest, range } = difference(found, wanted);
  expect(largest).toBeLessThanOrEqual(toleranceOf(item, wanted.type, range));
}
