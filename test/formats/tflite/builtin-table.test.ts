import { describe, expect, it } from 'vitest';
import { BUILTINS } from '../../../shared/formats/tflite/builtin-table.ts';
import {
  converted,
  difference,
  fileOf,
  run,
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

const toleranceOf = ({ quantize, tolerance }: TfliteCase, type: string, range: number): number => {
  if (tolerance !== undefined) return tolerance * range;
  if (quantize === 'dynamic') return TOLERANCE_DYNAMIC * range;
  if (quantize !== null && type.startsWith('int')) return ONE_STEP;
  return type.startsWith('float') ? TOLERANCE * Math.max(range, 1) : 0;
};

describe.each(tfliteCases('builtins').map((item) => [item.name, item] as const))(
  '%s',
  (_, item) => {
    it('gives what TensorFlow Lite gives', async () => {
      const model = converted(fileOf(item));
      const feeds = Object.entries(item.inputs).map(([name, array]) => [name, unpacked(array)]);
      const found = await run(model, Object.fromEntries(feeds));
      for (const [name, array] of Object.entries(item.outputs)) {
        const wanted = unpacked(array);
        const given = found[name];
        expect(given?.type).toBe(wanted.type);
        expect(given?.dims).toEqual(wanted.dims);
        if (!given) continue;
        const { largest, range } = difference(given, wanted);
        expect(largest).toBeLessThanOrEqual(toleranceOf(item, wanted.type, range));
      }
    });
  },
);

it('has no operator in two families', () => {
  const names = Object.values(BUILTINS).flatMap((table) => Object.keys(table));
  expect(new Set(names).size).toBe(names.length);
});
