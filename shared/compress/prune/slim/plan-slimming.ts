/** Decides which channels of a model go: how they hang together, how much each matters, where cuts do least harm. */
import { InputError } from '../../../base/errors.ts';
import type { NamedTensors } from '../../../base/tensor.ts';
import type { Model } from '../../../onnx/model.ts';
import { inferTypes } from '../../../runtime/infer-types.ts';
import type { SessionOptions } from '../../../runtime/session.ts';
import { type SampleSource, samplesOf } from '../../quantize/int8/context.ts';
import { activationSquares } from './activation-squares.ts';
import { removeChannels } from './apply-slimming.ts';
import { type Candidate, chooseChannels } from './choose-channels.ts';
import { findGroups } from './find-groups.ts';
import { leastOf } from './floors.ts';
import { modelSize } from './model-size.ts';
import { withSampleSizes } from './sample-sizes.ts';
import { scoreUnits } from './score-units.ts';
import { measureSensitivity, SHARES } from './sensitivity.ts';
import { type ModelSize, SLIM_PLAN_SCHEMA, type SlimPlan } from './slim-plan.ts';
import { traceChannels } from './trace-channels.ts';

export interface SlimOptions extends Pick<SessionOptions, 'process' | 'signal' | 'timeoutMs'> {
  /** Of all channels that can go, above 0 and below 100. */
  readonly percent: number;
  /** Calibration samples; without, weights alone decide, and every group loses the same share. */
  readonly samples?: SampleSource;
}

/** Samples that activations are taken from: means over them differ little from those over thousands. */
const SCORE_SAMPLES = 64;
/** Samples that outputs are compared on, at most and at least. */
const SENSITIVITY_SAMPLES = 16;
const LEAST_SENSITIVITY_SAMPLES = 2;
/** Multiply-adds that all comparisons may take: some 20 s on one core. */
const SENSITIVITY_WORK = 2e11;

/**
 * The plan for a float32 model of opset 13 or newer. The same model and samples give the same plan.
 * @throws InputError for a percentage out of range, UnsupportedError for an older opset
 */
export async function planSlimming(model: Model, options: SlimOptions): Promise<SlimPlan> {
  const { percent, samples, ...runtime } = options;
  if (!(percent > 0 && percent < 100))
    throw new InputError(`percent must be above 0 and below 100: ${percent}`);
  const types = await inferTypes(model, runtime);
  const trace = traceChannels(model, types);
  const { groups, whole } = findGroups(trace);
  const first = samples && samples.length > 0 ? await samples.sample(0) : undefined;
  const sizeOf = async (of: Model): Promise<ModelSize> =>
    modelSize(...(await withSampleSizes(of, first, runtime)));
  const before = await sizeOf(model);
  const squares =
    samples && first && groups.length > 0
      ? await activationSquares(model, trace, samplesOf(samples, SCORE_SAMPLES), runtime)
      : undefined;
  const scores = scoreUnits(model, trace, groups, squares);
  const runs = groups.length * SHARES.length + 1;
  const compared = samples ? await firstSamples(samples, sampleCount(before, runs)) : [];
  const sensitivities =
    squares && compared.length > 0
      ? await measureSensitivity(model, trace, groups, scores, compared, runtime)
      : undefined;
  const candidates = groups.map(
    (group, at): Candidate => ({
      group,
      scores: scores[at] ?? [],
      sensitivity: sensitivities?.[at],
    }),
  );
  const choice = chooseChannels(trace, candidates, percent / 100);
  const planned = candidates.map(({ group, sensitivity = [], scores }, at) => ({
    name: group.name,
    makers: group.makers,
    width: group.units[0]?.width ?? 1,
    least: leastOf(group.units.length),
    scores,
    removed: choice[at] ?? [],
    sensitivity,
  }));
  const widths = (at: number, which: readonly number[]): number =>
    which.reduce((sum, unit) => sum + (groups[at]?.units[unit]?.width ?? 0), 0);
  return {
    schema: SLIM_PLAN_SCHEMA,
    percent,
    channels: groups.reduce((sum, { units }, at) => sum + widths(at, [...units.keys()]), 0),
    removed: choice.reduce((sum, units, at) => sum + widths(at, units), 0),
    samples: first && samples ? Math.min(samples.length, SCORE_SAMPLES) : 0,
    groups: planned,
    whole,
    before,
    after: await sizeOf(removeChannels(model, trace, planned)),
  };
}

/** As many as the work allows. */
function sampleCount({ multiplyAdds }: ModelSize, runs: number): number {
  const affordable = Math.floor(SENSITIVITY_WORK / (runs * (multiplyAdds ?? SENSITIVITY_WORK)));
  return Math.max(LEAST_SENSITIVITY_SAMPLES, Math.min(SENSITIVITY_SAMPLES, affordable));
}

async function firstSamples(source: SampleSource, count: number): Promise<NamedTensors[]> {
  const list: NamedTensors[] = [];
  for await (const sample of samplesOf(source, count)) list.push(sample);
  return list;
}
