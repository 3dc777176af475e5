import { afterAll, describe, expect, it } from 'vitest';
import { Int8Draft } from '../../../../../shared/compress/quantize/int8/int8-draft.ts';
import {
  batchNormRanges,
  carriedRanges,
} from '../../../../../shared/compress/quantize/int8/statistics/batch-norm-ranges.ts';
import type { Model } from '../../../../../shared/onnx/model.ts';
import { optimizeExact } from '../../../../../shared/passes/optimize-exact.ts';
import { RuntimeProcess } from '../../../../../shared/runtime/runtime-process.ts';
import { openSession } from '../../../../../shared/runtime/session.ts';
import { feed, relativeError } from '../../_numeric.ts';
import { contextOf } from '../_network.ts';
import { modelOf } from '../_plan.ts';
import { normalSource } from '../_samples.ts';

const child = new RuntimeProcess();
afterAll(() => child.close());

const ones = (count: number, value = 1): string => `{${Array(count).fill(value)}}`;
/** Channels with mean 1 and −2, deviations 3 and 0.5: 4 of them reach from −11 to 13. */
const NORM = `float[2] g = {3, -0.5}, float[2] s = {1, -2}, float[2] m = {0, 0}, float[2] v = {1, 1},
  float[2,2,1,1] w = ${ones(4)}, float six = {6}, float zero = {0}`;
const network = (lines: string): Model =>
  modelOf(`g (float[N,2,4,4] x) => (float[N,2,4,4] y) <${NORM}> { ${lines} }`);

const of = (model: Model, ...names: string[]) =>
  Object.fromEntries(
    carriedRanges(
      model,
      names.map((name) => ({ scope: '', name })),
      batchNormRanges(model),
    ),
  );

describe('batchNormRanges', () => {
  it('reaches four deviations from the mean, over all channels', () => {
    const model = network('c = Conv (x, w) n = BatchNormalization (c, g, s, m, v) y = Neg (n)');
    expect([...batchNormRanges(model)]).toEqual([
      ['n', { min: -11, max: 13 }],
      ['c', { min: -11, max: 13, unless: 'n' }],
    ]);
  });

  it('needs a constant scale and shift', () => {
    const model = modelOf(`g (float[N,2,4,4] x, float[2] g) => (float[N,2,4,4] y)
      <float[2] s = {1, -2}, float[2] v = {1, 1}> { y = BatchNormalization (x, g, s, s, v) }`);
    expect(batchNormRanges(model).size).toBe(0);
  });
});

describe('carriedRanges', () => {
  it('go through clamps, and end where readers tell nothing apart', () => {
    const model = network(`n = BatchNormalization (x, g, s, m, v)
      r = Relu (n) k = Clip (r, zero, six) a = Conv (k, w) b = HardSwish (n) y = Add (a, b)`);
    // x is what the norm reads, not what it gives.
    expect(of(model, 'x', 'n', 'r', 'k', 'a', 'b')).toEqual({
      // Of n, the HardSwish reads what is below −3 as −3.
      n: { min: -3, max: 13 },
      r: { min: 0, max: 6 },
      k: { min: 0, max: 6 },
    });
  });

  it('outlive folding', async () => {
    const model = network('c = Conv (x, w) n = BatchNormalization (c, g, s, m, v) y = Relu (n)');
    const { model: folded } = await optimizeExact(model);
    expect(folded.graph.nodes.map(({ opType }) => opType)).toEqual(['Conv', 'Relu']);
    expect(
      Object.fromEntries(carriedRanges(folded, [{ scope: '', name: 'y' }], batchNormRanges(model))),
    ).toEqual({ y: { min: 0, max: 13 } });
  });
});

it('made-up inputs that are too small for a model clip nothing of real ones', async () => {
  // Trained on inputs of about 30: the first BatchNormalization divides by that. The made-up ones are about 1.
  const source = modelOf(`g (float[1,2,4,4] x) => (float[1,2,4,4] y)
    <float[2] g = {1, 1}, float[2] s = {0, 0}, float[2] m = {0, 0}, float[2] v = {900, 900},
     float[2,2,1,1] w = {1, 0.5, -0.5, 1}> {
      c = Conv (x, w) n = BatchNormalization (c, g, s, m, v) r = Relu (n)
      d = Conv (r, w) o = BatchNormalization (d, g, s, m, g) y = Relu (o)
    }`);
  const { model } = await optimizeExact(source);
  const calibration = normalSource(8, 'x', [1, 2, 4, 4]);
  const x = feed([1, 2, 4, 4], 5);
  const real = { x: { ...x, data: (x.data as Float32Array).map((value) => 30 * value) } };
  const run = async (one: Model) => {
    await using session = await openSession(one, { process: child });
    return (await session.run(real as never)).y?.data as Float32Array;
  };
  const error = async (carried: boolean): Promise<number> => {
    const draft = await Int8Draft.measured(
      model,
      contextOf({
        process: child,
        calibration,
        synthetic: true,
        ...(carried && { carried: batchNormRanges(source) }),
      }),
    );
    // The input's own range is a guess in any case: only what the norm feeds is quantized.
    const plan = draft.with({ keep: new Map([['c', { reason: 'asked for' }]]) });
    return relativeError(await run(plan.build()), await run(model));
  };
  expect(await error(true)).toBeLessThan(0.02);
  expect(await error(false)).toBeGreaterThan(0.3);
});
