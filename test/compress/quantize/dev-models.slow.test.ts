import { describe, expect, it } from 'vitest';
import { DEV_MODELS } from '../../../bench/_dev-models.ts';
import { HARDWARE, type Hardware } from '../../../shared/base/hardware.ts';
import type { NamedTensors } from '../../../shared/base/tensor.ts';
import { applyFloat16 } from '../../../shared/compress/quantize/float16/apply-float16.ts';
import {
  float16Values,
  planFloat16,
} from '../../../shared/compress/quantize/float16/plan-float16.ts';
import { collectRanges } from '../../../shared/compress/quantize/int8/statistics/collect-ranges.ts';
import type { WeightVariant } from '../../../shared/compress/quantize/policy.ts';
import { applyWeightPlan } from '../../../shared/compress/quantize/weights/apply-weights.ts';
import { planWeights } from '../../../shared/compress/quantize/weights/plan-weights.ts';
import { openNpz } from '../../../shared/measure/data/npz.ts';
import { openData } from '../../../shared/measure/data/open.ts';
import type { Model } from '../../../shared/onnx/model.ts';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { verifyModel } from '../../../shared/onnx/verify.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';
import { inferTypes } from '../../../shared/runtime/infer-types.ts';
import { openSession } from '../../../shared/runtime/session.ts';

const VARIANTS = ['float16', 'int8-weights', 'int8-dynamic', 'int4'] as const;
type Variant = (typeof VARIANTS)[number];

async function make(
  model: Model,
  variant: Variant,
  feeds: NamedTensors,
  hardware: Hardware = 'x64',
): Promise<Model> {
  const types = await inferTypes(model);
  if (variant !== 'float16')
    return applyWeightPlan(
      model,
      planWeights(model, variant satisfies WeightVariant, types, { hardware }),
    );
  const ranges = await collectRanges(model, float16Values(model, types), [feeds]);
  return applyFloat16(model, planFloat16(model, types, { ranges }));
}

async function outputsOf(model: Model, feeds: NamedTensors): Promise<NamedTensors> {
  await using session = await openSession(model);
  return await session.run(feeds);
}

describe.each(Object.entries(DEV_MODELS))('%s', (_, { path, feeds }) => {
  it.each(VARIANTS)(
    '%s is smaller, loads and gives numbers of the same shapes',
    async (variant) => {
      using opened = openModel(path);
      const made = await make(opened.model, variant, feeds);
      expect(verifyModel(made)).toEqual([]);
      expect(encodeModel(made).length).toBeLessThan(0.7 * encodeModel(opened.model).length);
      const expected = await outputsOf(opened.model, feeds);
      for (const [name, { dims, type, data }] of Object.entries(await outputsOf(made, feeds))) {
        expect([name, type, dims]).toEqual([name, expected[name]?.type, expected[name]?.dims]);
        expect(Array.from(data as Float32Array).every(Number.isFinite)).toBe(true);
      }
    },
  );

  it.each(HARDWARE)('int4 and int8-dynamic for %s keep the rules of ONNX', async (hardware) => {
    using opened = openModel(path);
    for (const variant of ['int4', 'int8-dynamic'] as const)
      expect(verifyModel(await make(opened.model, variant, feeds, hardware))).toEqual([]);
  });
});

/** What float32 gets right of the labelled frames is 408; four are one point. */
const FRAMES: Readonly<Record<Variant, number>> = {
  float16: 404,
  'int8-weights': 404,
  'int8-dynamic': 404,
  int4: 404,
};

describe('silero legacy', () => {
  const { path } = DEV_MODELS['silero legacy'] ?? { path: '' };

  it.each(VARIANTS)(
    '%s hears speech as well as float32, weights in If bodies included',
    async (variant) => {
      using opened = openModel(path);
      const { model } = opened;
      const data = await openData(
        { path: 'test/fixtures/speech-frames/frames.npz' },
        model.graph.inputs,
      );
      const made = await make(model, variant, await data.sample(0));
      const share = encodeModel(made).length / encodeModel(model).length;
      expect(share).toBeLessThan(variant === 'float16' ? 0.52 : 0.31);
      await using session = await openSession(made);
      let right = 0;
      for (let index = 0; index < data.length; index++) {
        const { output } = await session.run(await data.sample(index));
        if (Number(output?.data[0]) > 0.5 === (data.label(index) === 1)) right++;
      }
      await data.close();
      expect(right).toBeGreaterThanOrEqual(FRAMES[variant]);
    },
  );
});

describe('PP-OCRv4 rec', () => {
  const { path } = DEV_MODELS['PP-OCRv4 rec'] ?? { path: '' };

  it.each([
    ['float16', 0.999],
    ['int8-weights', 0.99],
    ['int8-dynamic', 0.99],
    ['int4', 0.985],
  ] as const)('%s reads %f of the frames as float32 does', async (variant, least) => {
    const gray = (
      await (await openNpz('test/fixtures/ocr-lines/lines.npz', 'lines.npz')).open('gray')
    ).slice(0, 100, 48);
    const area = 48 * 320;
    const line = (index: number): NamedTensors => {
      const data = new Float32Array(3 * area);
      for (let i = 0; i < data.length; i++)
        data[i] = (Number(gray.data[index * area + (i % area)]) / 255 - 0.5) / 0.5;
      return { x: { type: 'float32', dims: [1, 3, 48, 320], data } };
    };
    using opened = openModel(path);
    await using float = await openSession(opened.model);
    await using session = await openSession(await make(opened.model, variant, line(0)));
    let same = 0;
    let frames = 0;
    for (let index = 0; index < 48; index++) {
      const [expected = [], found = []] = [
        await float.run(line(index)),
        await session.run(line(index)),
      ].map((outputs) => classes(outputs));
      frames += expected.length;
      same += expected.filter((label, frame) => label === found[frame]).length;
    }
    expect(frames).toBeGreaterThan(1000);
    expect(same / frames).toBeGreaterThan(least);
  });
});

/** The most likely class of every frame. */
function classes(outputs: NamedTensors): number[] {
  const [output] = Object.values(outputs);
  const [, frames = 0, count = 0] = output?.dims ?? [];
  const data = output?.data as Float32Array;
  return Array.from({ length: frames }, (_, frame) => {
    const scores = data.subarray(frame * count, (frame + 1) * count);
    return scores.indexOf(Math.max(...scores));
  });
}

it('float16 of det keeps a variance beyond 65504 in float32', async () => {
  const { path, feeds } = DEV_MODELS['PP-OCRv4 det'] ?? { path: '', feeds: {} };
  using opened = openModel(path);
  const made = await make(opened.model, 'float16', feeds);
  const [expected] = Object.values(await outputsOf(opened.model, feeds));
  const [found] = Object.values(await outputsOf(made, feeds));
  const worst = Math.max(
    ...Array.from(expected?.data as Float32Array, (value, i) =>
      Math.abs(value - Number(found?.data[i])),
    ),
  );
  expect(worst).toBeLessThan(0.05);
});
