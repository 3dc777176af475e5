/** Static int8, whole: ranges, rounding, sensitivity, guard. Every choice is made by measured error on samples that judge nothing. */

import { UnsupportedError } from '../../../base/errors.ts';
import type { HistogramCounts } from '../../../base/histogram.ts';
import type { NamedTensors } from '../../../base/tensor.ts';
import type { Model } from '../../../onnx/model.ts';
import { applyInt8 } from './apply-int8.ts';
import { type Int8Context, type SampleSource, samplesOf } from './context.ts';
import type { Int8Plan } from './int8-plan.ts';
import { INT8_POLICIES } from './int8-policy.ts';
import type { ElementwiseGroup } from './node-groups.ts';
import { chooseRange, type RangeMethod } from './numbers/choose-range.ts';
import { type PlanOptions, planInt8, type Ranges } from './plan-int8.ts';
import { type PreparedWeights, roundByMoments } from './quantize-weights.ts';
import { keyOf } from './scopes.ts';
import { type Guarded, guardAccuracy } from './search/guard.ts';
import { Referee } from './search/referee.ts';
import { saturationOf } from './search/saturation.ts';
import { type NodeDamage, rankNodes } from './search/sensitivity.ts';
import { collectHistograms } from './statistics/collect-histograms.ts';
import { collectMoments } from './statistics/collect-moments.ts';
import { candidateValues } from './statistics/collect-ranges.ts';
import { findWeightedNodes, type WeightedNode } from './weighted-nodes.ts';

/** Ranges settle with few samples; onnxruntime's examples use as many. */
const RANGE_SAMPLES = 64;
/** Moments need positions, and every sample of a convolution has many. */
const MOMENT_SAMPLES = 16;
/** Samples on which methods and nodes are compared. */
const CHOICE_SAMPLES = 32;
/** Samples of the overflow check. */
const SATURATION_SAMPLES = 8;
/** Relative distance above which kernels do saturate. */
const MAX_SATURATION = 0.02;

const METHODS: readonly RangeMethod[] = ['min-max', 'percentile-99.99', 'mse'];
const GROUPS: readonly ElementwiseGroup[] = ['residual', 'pool', 'concat'];
/** Working on integers may cost this much more damage: it keeps a chain of kernels in integers. */
const HARMLESS = 1.05;

export interface QuantizedInt8 {
  readonly model: Model;
  readonly plan: Int8Plan;
  readonly notes: readonly string[];
  /** Damage of quantizing one node alone, worst first. */
  readonly sensitivity: readonly NodeDamage[];
}

/**
 * Quantizes an exactly optimized float32 model of opset 13 or later.
 * @throws UnsupportedError when it has no Conv, MatMul or Gemm with constant weights
 */
export async function quantizeInt8(model: Model, context: Int8Context): Promise<QuantizedInt8> {
  const { weighted, refused } = findWeightedNodes(model);
  if (weighted.length === 0) {
    const reason = refused[0] ? `${refused[0].node.opType}: ${refused[0].reason}` : 'it has none';
    throw new UnsupportedError(`no Conv, MatMul or Gemm can be quantized (${reason})`);
  }
  const work = new Quantization(model, weighted, context);
  await work.measureRanges();
  if (context.seconds > 0) await work.chooseMethod();
  await work.roundWeights();
  if (context.seconds > 0) {
    await work.chooseGroups();
    await work.rank();
    await work.guard();
  }
  return await work.finish();
}

/** The state of one quantization: each step measures and fixes one choice. */
class Quantization {
  readonly #model: Model;
  readonly #weighted: readonly WeightedNode[];
  readonly #context: Int8Context;
  #histograms: ReadonlyMap<string, HistogramCounts> = new Map();
  #method: RangeMethod = 'min-max';
  #groups: readonly ElementwiseGroup[] = [];
  #prepared: ReadonlyMap<string, PreparedWeights> = new Map();
  #ranked: readonly NodeDamage[] = [];
  #guarded: Guarded | undefined;
  #referee: Referee | undefined;

  constructor(model: Model, weighted: readonly WeightedNode[], context: Int8Context) {
    this.#model = model;
    this.#weighted = weighted;
    this.#context = context;
  }

  async measureRanges(): Promise<void> {
    const { calibration, hardware } = this.#context;
    const samples = samplesOf(calibration, RANGE_SAMPLES);
    this.#histograms = await collectHistograms(
      this.#model,
      candidateValues(this.#model, hardware),
      samples,
      this.#options,
    );
  }

  async chooseMethod(): Promise<void> {
    let least = Number.POSITIVE_INFINITY;
    for (const method of METHODS) {
      const { damage } = await (await this.#judge()).score(this.#build({ method }));
      this.#context.log.debug(`int8 ranges by ${method}: damage ${damage.toPrecision(3)}`);
      if (damage < least) [least, this.#method] = [damage, method];
    }
  }

  /** By output error where that is measured to be better than to the nearest code. */
  async roundWeights(): Promise<void> {
    const limits = INT8_POLICIES[this.#context.hardware].weights;
    const prepared = new Map<string, PreparedWeights>();
    const samples = () => samplesOf(this.#context.calibration, MOMENT_SAMPLES);
    const moments = collectMoments(this.#model, this.#weighted, samples, this.#options);
    for await (const { node, moments: seen } of moments)
      prepared.set(keyOf(node.ref), roundByMoments(node, limits, seen));
    if (this.#context.seconds > 0) {
      const judge = await this.#judge();
      const nearest = await judge.score(this.#build());
      const rounded = await judge.score(this.#build({}, prepared));
      this.#context.log.debug(
        `int8 rounding: damage ${nearest.damage.toPrecision(3)} to the nearest, ${rounded.damage.toPrecision(3)} by output error`,
      );
      if (nearest.damage <= rounded.damage) return;
    }
    this.#prepared = prepared;
  }

  /** Other operators work on integers where that is measured to be harmless. */
  async chooseGroups(): Promise<void> {
    const judge = await this.#judge();
    let { damage } = await judge.score(this.#build());
    for (const group of GROUPS) {
      const groups = [...this.#groups, group];
      const plan = this.#plan({ groups });
      if (plan.integerOps.length === this.#plan().integerOps.length) continue;
      const score = await judge.score(applyInt8(this.#model, plan, this.#prepared));
      if (score.damage > damage * HARMLESS) continue;
      damage = Math.min(damage, score.damage);
      this.#groups = groups;
    }
  }

  async rank(): Promise<void> {
    const judge = await this.#judge();
    const nodes = this.#weighted.map(({ ref }) => ref);
    this.#ranked = await rankNodes(nodes, async (quantized, samples) => {
      const keep = new Map(
        nodes
          .map(keyOf)
          .filter((key) => !quantized.has(key))
          .map((key) => [key, { reason: 'measured apart' }]),
      );
      return await judge.score(this.#build({ keep, groups: [] }), samples);
    });
  }

  async guard(): Promise<void> {
    const { selection } = this.#context;
    const judge = selection
      ? await Referee.of(this.#model, selection.samples, this.#options, selection.judge)
      : await this.#judge();
    this.#guarded = await guardAccuracy(
      this.#ranked,
      async (kept) => await judge.score(this.#build({ keep: keepOf(kept) })),
    );
    this.#context.log.debug(
      `int8 guard: ${this.#guarded.kept.length} kept in float, ${(100 * this.#guarded.score.agreement).toFixed(2)} % of decisions agree (${this.#guarded.reason})`,
    );
  }

  async finish(): Promise<QuantizedInt8> {
    const plan = this.#plan({ keep: keepOf(this.#guarded?.kept ?? []) });
    const model = applyInt8(this.#model, plan, this.#prepared);
    const notes: string[] = [];
    if (this.#context.synthetic) notes.push('synthetic calibration, accuracy unknown');
    const { hardware, calibration } = this.#context;
    if (hardware === 'x64' && process.arch === 'x64') {
      const samples = (): AsyncIterable<NamedTensors> => samplesOf(calibration, SATURATION_SAMPLES);
      const distance = await saturationOf(model, samples, this.#options);
      if (distance > MAX_SATURATION)
        notes.push(
          `sums overflow on this CPU: its outputs differ by ${(100 * distance).toFixed(1)} % from exact kernels`,
        );
    }
    return { model, plan, notes, sensitivity: this.#ranked };
  }

  /** Compares on calibration samples that gave no range, where there are enough. */
  async #judge(): Promise<Referee> {
    const { calibration } = this.#context;
    const first = Math.max(0, Math.min(RANGE_SAMPLES, calibration.length - CHOICE_SAMPLES));
    const source: SampleSource = {
      length: Math.min(CHOICE_SAMPLES, calibration.length),
      sample: (index) => calibration.sample(first + index),
    };
    this.#referee ??= await Referee.of(this.#model, source, this.#options);
    return this.#referee;
  }

  #build(
    changes: Partial<PlanOptions> = {},
    prepared: ReadonlyMap<string, PreparedWeights> = this.#prepared,
  ): Model {
    return applyInt8(this.#model, this.#plan(changes), prepared);
  }

  #plan(changes: Partial<PlanOptions> = {}): Int8Plan {
    const { hardware, calibration, synthetic } = this.#context;
    const method = changes.method ?? this.#method;
    return planInt8(this.#model, this.#ranges(method), {
      hardware,
      method,
      samples: Math.min(RANGE_SAMPLES, calibration.length),
      synthetic: synthetic ?? false,
      groups: this.#groups,
      keep: new Map(),
      rounded: new Set(this.#prepared.keys()),
      ...changes,
    });
  }

  #ranges(method: RangeMethod): Ranges {
    const { codes, symmetric } = INT8_POLICIES[this.#context.hardware].activation;
    return new Map(
      [...this.#histograms].map(([key, histogram]) => [
        key,
        chooseRange(histogram, method, codes, symmetric),
      ]),
    );
  }

  get #options() {
    const { process, signal } = this.#context;
    return { ...(process && { process }), ...(signal && { signal }) };
  }
}

function keepOf(kept: readonly NodeDamage[]): PlanOptions['keep'] {
  return new Map(
    kept.map(({ ref, damage }) => [
      keyOf(ref),
      { reason: 'kept in float: it does the most damage when quantized', damage },
    ]),
  );
}
