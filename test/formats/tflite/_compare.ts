/** Files of the bundles, run as TensorFlow Lite ran them. */
import { expect, it } from 'vitest';
import type { Tensor } from '../../../shared/base/tensor.ts';
import { BUILTINS } from '../../../shared/formats/tflite/builtin-table.ts';
import type { Model } from '../../../shared/onnx/model.ts';
import {
  converted,
  difference,
  fileOf,
  openRunner,
  type TfliteCase,
  tfliteCases,
  unpacked,
} from './_run.ts';

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
export async function expectSame(item: TfliteCase, tolerance?: number): Promise<Model> {
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
    for (const [name, array] of Object.entries(outputs)) {
      const wanted = unpacked(array);
      expect(found[name]?.type).toBe(wanted.type);
      expect(found[name]?.dims).toEqual(wanted.dims);
      const { largest, range } = difference(found[name] ?? wanted, wanted);
      expect(largest).toBeLessThanOrEqual(tolerance ?? toleranceOf(item, wanted.type, range));
    }
  }
  return model;
}

/** Operators that stand around others in nearly every file. */
const COMMON = ['QUANTIZE', 'DEQUANTIZE', 'RESHAPE', 'PACK', 'SHAPE', 'STRIDED_SLICE', 'CALL_ONCE'];

/** The family that a case is about: that of its first operator which is in few files. */
export function familyOf({ ops }: TfliteCase): string | undefined {
  const families = Object.entries(BUILTINS);
  const op = ops.find((name) => !COMMON.includes(name)) ?? ops[0] ?? '';
  return families.find(([, table]) => Object.hasOwn(table, op))?.[0];
}

/** One test for each case of a family; `undefined`: of custom operators. */
export function testFamily(family: string | undefined): void {
  const cases = [...tfliteCases('builtins'), ...tfliteCases('handmade')].filter(
    (item) => item.steps.length > 0 && familyOf(item) === family,
  );
  it('has cases', () => {
    expect(cases.length).toBeGreaterThan(0);
  });
  it.each(cases.map((item) => [item.name, item] as const))(
    '%s gives what TensorFlow Lite gives',
    async (_, item) => {
      await expectSame(item);
    },
  );
}

/** A case by its name. */
export function caseOf(name: string): TfliteCase {
  for (const bundle of ['handmade', 'builtins', 'tflite_micro']) {
    const found = tfliteCases(bundle).find((item) => item.name === name);
    if (found) return found;
  }
  throw new Error(`there is no case ${name}`);
}
