/** Models by others: half of their channels go, or it is said why not. */
import { afterAll, describe, expect, it } from 'vitest';
import { DEV_MODELS } from '../../../../bench/_dev-models.ts';
import { createRandom } from '../../../../shared/base/random.ts';
import type { NamedTensors } from '../../../../shared/base/tensor.ts';
import { applySlimming } from '../../../../shared/compress/prune/slim/apply-slimming.ts';
import { findGroups } from '../../../../shared/compress/prune/slim/find-groups.ts';
import { maskedModel } from '../../../../shared/compress/prune/slim/masked-model.ts';
import { planSlimming } from '../../../../shared/compress/prune/slim/plan-slimming.ts';
import type { SlimPlan } from '../../../../shared/compress/prune/slim/slim-plan.ts';
import { traceChannels } from '../../../../shared/compress/prune/slim/trace-channels.ts';
import { openSource } from '../../../../shared/formats/open-source.ts';
import type { Graph, Model } from '../../../../shared/onnx/model.ts';
import { openModel } from '../../../../shared/onnx/read-model.ts';
import { verifyModel } from '../../../../shared/onnx/verify.ts';
import { inferTypes } from '../../../../shared/runtime/infer-types.ts';
import { openSession } from '../../../../shared/runtime/session.ts';
import { trainingForm } from '../../../../shared/train/training-form.ts';
import { removeUnpacked, TFJS_MODELS } from '../../../e2e/_tfjs-models.ts';

afterAll(removeUnpacked);

/** Channels that could go, and parameters before and after: what half of them is. */
interface Expected {
  readonly channels: number;
  readonly parameters: number;
  /** At most this share of the parameters is left. */
  readonly left: number;
  /** One of the reasons why the rest stays. */
  readonly reason?: string;
  /** Nothing in it can be trained: it is taken as it came. */
  readonly isFixed?: boolean;
}

const ONNX: Readonly<Record<string, Expected>> = {
  'PP-OCRv4 det': { channels: 3768, parameters: 1_171_745, left: 0.35 },
  'PP-OCRv4 rec': {
    channels: 5172,
    parameters: 2_690_223,
    left: 0.6,
    reason: "LayerNormalization 'p2o.Add.234' takes its mean over them",
  },
  'silero legacy': {
    channels: 0,
    parameters: 444_944,
    left: 1,
    isFixed: true,
    reason: 'bodies of If, Loop and Scan stay whole',
  },
  'silero v5': {
    channels: 0,
    parameters: 545_286,
    left: 1,
    isFixed: true,
    reason: 'bodies of If, Loop and Scan stay whole',
  },
  'BlazeFace back': {
    channels: 192,
    parameters: 134_704,
    left: 0.6,
    reason: "they are in output 'Identity:0'",
  },
  'BlazeFace front': {
    channels: 96,
    parameters: 100_412,
    left: 0.5,
    reason: "they are in output 'Identity:0'",
  },
  'basic-pitch': { channels: 72, parameters: 35_739, left: 0.85 },
  'Fashion-MNIST': {
    channels: 296,
    parameters: 21_532,
    left: 0.4,
    reason: "they are in output 'logits'",
  },
};

const OTHERS: Readonly<Record<string, Expected>> = {
  'nsfwjs mobilenet_v2': { channels: 9512, parameters: 2_619_463, left: 0.36 },
  facemesh: { channels: 224, parameters: 738_919, left: 0.6 },
};

/** Cut as planned, and the same as with zeros in place of what went. */
async function cut(model: Model, feeds: NamedTensors): Promise<SlimPlan> {
  const plan = await planSlimming(model, {
    percent: 50,
    samples: { length: 1, sample: async () => feeds },
  });
  const slim = await applySlimming(model, plan);
  expect(verifyModel(slim)).toEqual([]);
  const trace = traceChannels(model, await inferTypes(model));
  const gone = findGroups(trace).groups.flatMap(({ units }, at) =>
    (plan.groups[at]?.removed ?? []).flatMap((unit) => units[unit]?.channel ?? []),
  );
  const masked = maskedModel(model, trace);
  const outputs = await outputsOf(slim, feeds);
  const wanted = await outputsOf(masked.model, { ...feeds, ...masked.masks(new Set(gone)) });
  for (const [name, { dims, data }] of Object.entries(wanted)) {
    expect(outputs[name]?.dims).toEqual(dims);
    const error = distance(Array.from(outputs[name]?.data ?? [], Number), Array.from(data, Number));
    expect(error, name).toBeLessThan(1e-3);
  }
  return plan;
}

/**
 * Of the size of what is wanted, or of a hundredth: a probability of 1e-7 multiplies what rounding does to a score of
 * −16, and these networks are not trained again.
 */
function distance(given: readonly number[], wanted: readonly number[]): number {
  const size = (values: readonly number[]): number =>
    Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  const differences = wanted.map((value, at) => value - (given[at] ?? Number.NaN));
  return size(differences) / Math.max(size(wanted), 0.01);
}

async function outputsOf(model: Model, feeds: NamedTensors): Promise<NamedTensors> {
  await using session = await openSession(model);
  return await session.run(feeds);
}

function check(plan: SlimPlan, { channels, parameters, left, reason }: Expected): void {
  expect([plan.channels, plan.before.parameters]).toEqual([channels, parameters]);
  expect(Math.abs(plan.removed - channels / 2)).toBeLessThanOrEqual(0.05 * channels);
  expect(plan.after.parameters).toBeLessThanOrEqual(left * parameters);
  if (reason !== undefined) expect(plan.whole.map((one) => one.reason)).toContain(reason);
}

describe('half of the channels', () => {
  it.each(Object.entries(ONNX))('%s', async (name, expected) => {
    const { path, feeds } = DEV_MODELS[name] ?? { path: '', feeds: {} };
    using opened = openModel(path);
    const { isFixed = false } = expected;
    check(await cut(isFixed ? opened.model : await trainingForm(opened.model), feeds), expected);
  });

  it.each(Object.entries(OTHERS))('%s', async (name, expected) => {
    const path = TFJS_MODELS[name]?.() ?? '';
    using opened = await openSource(path, { shown: path });
    const model = await trainingForm(opened.model);
    check(await cut(model, noise(model.graph)), expected);
  });
});

/** Numbers of pictures, one sample; free sizes are small. */
function noise({ inputs }: Graph): NamedTensors {
  const random = createRandom(1);
  return Object.fromEntries(
    inputs.map(({ name, type }) => {
      const shape = type?.kind === 'tensor' ? (type.shape ?? []) : [];
      const dims = shape.map((dim, at) => (typeof dim === 'number' ? dim : at === 0 ? 1 : 128));
      const count = dims.reduce((all, dim) => all * dim, 1);
      const data = Float32Array.from({ length: count }, () => random.float());
      return [name, { type: 'float32', dims, data }];
    }),
  );
}
