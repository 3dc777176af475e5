import { describe, expect, it } from 'vitest';
import { silentLog } from '../../../../../shared/base/log.ts';
import { applyInt8 } from '../../../../../shared/compress/quantize/int8/apply-int8.ts';
import { samplesOf } from '../../../../../shared/compress/quantize/int8/context.ts';
import {
  findSaturation,
  saturationOf,
} from '../../../../../shared/compress/quantize/int8/search/saturation.ts';
import { makeNode } from '../../../../../shared/onnx/make-node.ts';
import { float32Tensor } from '../../../../../shared/onnx/make-tensor.ts';
import type { Model } from '../../../../../shared/onnx/model.ts';
import { float32, modelOf } from '../../_numeric.ts';
import { planOf } from '../_plan.ts';
import { tensorOf } from '../_samples.ts';

/** A product whose weights are all near the largest: pairs of 8-bit codes sum up to 254. */
const LARGE = modelOf(
  [makeNode('MatMul', ['x', 'w'], ['y'])],
  [float32('x', [4, 64])],
  [float32('y', [4, 16])],
  [
    float32Tensor(
      'w',
      [64, 16],
      Float32Array.from({ length: 1024 }, (_, at) => 1 - (at % 7) / 50),
    ),
  ],
);

/** Inputs near the largest code. */
const CALIBRATION = {
  length: 3,
  sample: async (index: number) => ({
    x: tensorOf(
      [4, 64],
      Float32Array.from({ length: 256 }, (_, at) => 3.9 - ((at + index) % 5) / 10),
    ),
  }),
};

const quantized = (hardware: 'x64' | 'x64-vnni'): Model =>
  applyInt8(LARGE, planOf(LARGE, { hardware, seen: { x: [0, 4] } }));

const context = (hardware: 'x64' | 'x64-vnni' | 'arm64') => ({
  hardware,
  calibration: CALIBRATION,
  seed: 1,
  seconds: 0,
  log: silentLog,
});

describe('saturationOf', () => {
  it('is nothing for weights whose pairs cannot overflow', async () => {
    const distance = await saturationOf(quantized('x64'), () => samplesOf(CALIBRATION));
    expect(distance).toBeLessThan(0.001);
  });

  it('is 0 for a model of floats, and where there are no samples', async () => {
    expect(await saturationOf(LARGE, () => samplesOf(CALIBRATION))).toBe(0);
    expect(await saturationOf(LARGE, () => samplesOf(CALIBRATION, 0))).toBe(0);
  });
});

describe('findSaturation', () => {
  it('says nothing where the plan kept sums small', async () => {
    expect(await findSaturation(quantized('x64'), context('x64'))).toBeUndefined();
  });

  it('tells it exactly where this CPU overflows', async () => {
    // 8-bit weights in a model that is said to be for any x64 CPU.
    const wrong = quantized('x64-vnni');
    const distance = await saturationOf(wrong, () => samplesOf(CALIBRATION));
    const said = await findSaturation(wrong, context('x64'));
    // 0 on CPUs with VNNI and on others than x64; measured to be far from 0 elsewhere.
    if (distance < 0.001) expect(said).toBeUndefined();
    else {
      expect(distance).toBeGreaterThan(0.05);
      expect(said).toBe(
        `sums overflow on this CPU: its outputs differ by ${(100 * distance).toFixed(1)} % from exact kernels`,
      );
    }
  });

  it('asks nothing for hardware that promises nothing about 16-bit sums', async () => {
    const never = {
      length: 1,
      sample: async (): Promise<never> => {
        throw new Error('was asked');
      },
    };
    for (const hardware of ['x64-vnni', 'arm64'] as const)
      expect(
        await findSaturation(LARGE, { ...context(hardware), calibration: never }),
      ).toBeUndefined();
  });
});
