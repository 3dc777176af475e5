import { afterAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../../../shared/base/log.ts';
import type { SampleSource } from '../../../../shared/compress/quantize/int8/context.ts';
import {
  type ReconstructContext,
  reconstructWeights,
} from '../../../../shared/compress/quantize/reconstruct/reconstruct-weights.ts';
import { applyWeightPlan } from '../../../../shared/compress/quantize/weights/apply-weights.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { verifyModel } from '../../../../shared/onnx/verify.ts';
import { encodeModel } from '../../../../shared/onnx/write-model.ts';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { outputsOf } from '../../../passes/_agree.ts';
import { relativeError } from '../_numeric.ts';
import { tensorOf } from '../int8/_samples.ts';
import { NETWORK, planFor, togetherSource } from './_network.ts';

afterAll(closeSharedProcess);

const run = (
  calibration: SampleSource,
  options: Partial<ReconstructContext> = {},
  model: Model = NETWORK,
) =>
  reconstructWeights(model, planFor(model), {
    calibration,
    seconds: 60,
    log: silentLog,
    ...options,
  });

async function errorOf(model: Model, source: SampleSource): Promise<number> {
  const sample = await source.sample(source.length + 1);
  const [found] = await outputsOf(model, [sample]);
  const [wanted] = await outputsOf(NETWORK, [sample]);
  return relativeError(found?.y ?? [], wanted?.y ?? []);
}

describe('reconstructWeights', () => {
  it('is nearer to float32 on samples that it has not seen, in the same size', async () => {
    const source = togetherSource(12);
    const { model, plan, samples, notes } = await run(source);
    expect(samples).toBe(8);
    expect(notes).toEqual([]);
    expect(plan.nodes.map(({ rounding }) => rounding)).toEqual(['output-error', 'output-error']);
    expect(verifyModel(model)).toEqual([]);
    const nearest = applyWeightPlan(NETWORK, planFor());
    expect(encodeModel(model).length).toBe(encodeModel(nearest).length);
    expect(await errorOf(model, source)).toBeLessThan(0.7 * (await errorOf(nearest, source)));
  });

  it('keeps the nearest codes, byte for byte, where the others do more damage', async () => {
    // Calibrated on two elements of the input, chosen on all of them.
    const few = togetherSource(4, 0);
    const wrong = {
      length: 4,
      sample: async (index: number) => {
        const { x } = await few.sample(index);
        const values = Array.from(x?.data ?? [], Number);
        return {
          x: tensorOf(
            [16, 96],
            values.map((value, at) => (at % 96 < 2 ? 100 * value : 0)),
          ),
        };
      },
    };
    const selection = { samples: togetherSource(12) };
    const { model, plan, samples } = await run(wrong, { selection });
    expect(plan).toEqual(planFor());
    expect(samples).toBe(0);
    expect(encodeModel(model)).toEqual(encodeModel(applyWeightPlan(NETWORK, planFor())));
  });

  it('does not take what the metric calls worse', async () => {
    let judged = 0;
    const judge = {
      statistics: () => [1],
      // The nearest codes come first, and pass.
      judge: () => ({ difference: 0, isNonInferior: judged++ === 0 }),
    };
    const selection = { samples: togetherSource(12), judge };
    const { samples } = await run(togetherSource(12), { selection });
    expect(judged).toBe(3);
    expect(samples).toBe(0);
  });

  it('leaves a plan without matrices in 4 bits, and one without samples, as it is', async () => {
    const none = { ...planFor(), nodes: [] };
    const context = { calibration: togetherSource(6), seconds: 60, log: silentLog };
    expect((await reconstructWeights(NETWORK, none, context)).model).toBe(NETWORK);
    expect((await run(togetherSource(0))).plan).toEqual(planFor());
    expect((await run(togetherSource(2))).plan).toEqual(planFor());
  });

  it('without time the nearest codes stay', async () => {
    expect((await run(togetherSource(6), { seconds: 0 })).samples).toBe(0);
  });
});
