/** A quantization in the making: what was measured, and what is chosen so far. Choices make new drafts. */
import type { HistogramCounts } from '../../../base/histogram.ts';
import type { Model } from '../../../onnx/model.ts';
import type { SessionOptions } from '../../../runtime/session.ts';
import type { PlannedWeight } from '../weights/weight-plan.ts';
import { applyInt8 } from './apply-int8.ts';
import { type Int8Context, samplesOf } from './context.ts';
import { collectPeaks } from './equalize/channel-peaks.ts';
import { equalizeChannels, exponentsOf } from './equalize/equalize-channels.ts';
import { findLinks } from './equalize/find-links.ts';
import { flatBounds } from './flat-bounds.ts';
import type { EqualizedValue, Int8Plan } from './int8-plan.ts';
import { INT8_POLICIES } from './int8-policy.ts';
import type { ElementwiseGroup } from './node-groups.ts';
import { chooseRange, clampHistogram, type RangeMethod } from './numbers/choose-range.ts';
import { type PlanOptions, planInt8, type Ranges } from './plan-int8.ts';
import { type PreparedWeights, roundByMoments } from './quantize-weights.ts';
import { keyOf, scopesOf, type ValueRef } from './scopes.ts';
import { findCheapIslands } from './search/cheap-islands.ts';
import { carriedRanges } from './statistics/batch-norm-ranges.ts';
import { collectHistograms, type ValueCounts } from './statistics/collect-histograms.ts';
import { collectMoments } from './statistics/collect-moments.ts';
import { candidateValues, collectRanges } from './statistics/collect-ranges.ts';
import { findWeightedNodes, type WeightedNode } from './weighted-nodes.ts';
import { planWeightsAlone } from './weights-alone.ts';

/** Ranges settle with few samples; onnxruntime's examples use as many. */
export const RANGE_SAMPLES = 64;
/** Moments need positions, and every sample of a convolution has many. */
const MOMENT_SAMPLES = 16;

/** Elements of values that one comparison may compute, about 4 s of one thread; a count, so that a seed gives one answer. */
const COMPARISON_WORK = 1.2e9;
const LEAST_COMPARED = 16;
const MOST_COMPARED = 512;

/** Groups that work on integers unless that is measured to do harm. */
const ALL_GROUPS: readonly ElementwiseGroup[] = ['residual', 'pool', 'concat'];

/** What is chosen. */
export interface Int8Choices {
  readonly method: RangeMethod;
  readonly groups: readonly ElementwiseGroup[];
  /** Nodes left in float32, by {@link keyOf}. */
  readonly keep: PlanOptions['keep'];
  /** Whether weights are rounded by output error. */
  readonly byOutputError: boolean;
  /** Nodes whose weights alone are in 8 bits. */
  readonly weightsAlone: readonly PlannedWeight[];
}

interface Measured {
  /** As it was given. */
  readonly source: Model;
  /** As it was measured: with these channels scaled. */
  readonly model: Model;
  readonly equalized: readonly EqualizedValue[];
  readonly weighted: readonly WeightedNode[];
  readonly context: Int8Context;
  readonly ranges: (method: RangeMethod) => Ranges;
  readonly rounded: ReadonlyMap<string, PreparedWeights>;
  /** Elements of each value, a sample. */
  readonly elements: ReadonlyMap<string, number>;
  /** Elements of all values that may become integers, a sample: how much work a run is. */
  readonly work: number;
}

/** One state of the search: what was measured once, and the choices that a plan and a model are made by. Immutable. */
export class Int8Draft {
  readonly choices: Int8Choices;
  readonly #measured: Measured;

  private constructor(measured: Measured, choices: Int8Choices) {
    this.#measured = measured;
    this.choices = choices;
  }

  /** Runs the calibration samples: for ranges alone, or for histograms where there will be a choice. */
  static async measured(
    source: Model,
    context: Int8Context,
    equalized: readonly EqualizedValue[] = [],
  ): Promise<Int8Draft> {
    const model = equalizeChannels(source, equalized);
    const { weighted } = findWeightedNodes(model);
    const { calibration, hardware, seconds, method = 'min-max' } = context;
    const values = candidateValues(model, hardware);
    const samples = samplesOf(calibration, RANGE_SAMPLES);
    const options = sessionOptions(context);
    const start = { method, groups: [], keep: new Map(), byOutputError: false };
    const measured = {
      source,
      model,
      equalized,
      weighted,
      context,
      rounded: new Map(),
      work: 0,
      elements: new Map(),
    };
    if (seconds === 0 && method === 'min-max') {
      const seen = await collectRanges(model, values, samples, options);
      const ranges = withCarried(seen, model, values, context);
      const weightsAlone = planWeightsAlone(
        model,
        hardware,
        'int8-dynamic',
        unreached(weighted, ranges),
      );
      return new Int8Draft({ ...measured, ranges: () => ranges }, { ...start, weightsAlone });
    }
    const histograms = await collectHistograms(model, values, samples, options);
    const elements = new Map([...histograms].map(([key, one]) => [key, one.elements]));
    const chosen = rangesBy(model, histograms, context);
    const ranges = (of: RangeMethod): Ranges => withCarried(chosen(of), model, values, context);
    const weightsAlone = planWeightsAlone(
      model,
      hardware,
      'int8-dynamic',
      unreached(weighted, histograms),
    );
    const work = [...elements.values()].reduce((sum, count) => sum + count, 0);
    const draft = new Int8Draft(
      { ...measured, ranges, work, elements },
      { ...start, weightsAlone },
    );
    return draft.withGroups(ALL_GROUPS);
  }

  /** The float model, as measured. */
  get model(): Model {
    return this.#measured.model;
  }

  get context(): Int8Context {
    return this.#measured.context;
  }

  /** Weights rounded by output error, where that is chosen. */
  get prepared(): ReadonlyMap<string, PreparedWeights> {
    return this.choices.byOutputError ? this.#measured.rounded : new Map();
  }

  /** Nodes that are quantized so far. */
  get nodes(): readonly WeightedNode[] {
    const alone = new Set(this.choices.weightsAlone.map(keyOf));
    return this.#measured.weighted.filter(
      ({ ref }) => !this.choices.keep.has(keyOf(ref)) && !alone.has(keyOf(ref)),
    );
  }

  /** Of all weights that could be quantized, as float32. */
  get weightBytes(): number {
    return this.#measured.weighted.reduce((sum, { rows, columns }) => sum + 4 * rows * columns, 0);
  }

  /** Samples that are enough to compare by: as many as one comparison of bounded work can take. */
  get comparable(): number {
    const affordable = Math.floor(COMPARISON_WORK / Math.max(1, this.#measured.work));
    return Math.min(MOST_COMPARED, Math.max(LEAST_COMPARED, affordable));
  }

  get options(): SessionOptions {
    return sessionOptions(this.context);
  }

  with(choices: Partial<Int8Choices>): Int8Draft {
    return new Int8Draft(this.#measured, { ...this.choices, ...choices });
  }

  /** With these groups on integers; islands that are then faster in float stay there, and only those. */
  withGroups(groups: readonly ElementwiseGroup[]): Int8Draft {
    const { model, context, elements } = this.#measured;
    const { hardware } = context;
    const islands = findCheapIslands(model, { hardware, groups: new Set(groups), elements });
    return this.with({
      groups,
      keep: new Map([...islands].map((key) => [key, { reason: CHEAP }])),
    });
  }

  /** The same with weights rounded by output error, ready to be chosen. */
  async withMoments(): Promise<Int8Draft> {
    const { model, context } = this.#measured;
    const { weights } = INT8_POLICIES[context.hardware];
    const steps = new Map(this.plan().values.map((value) => [keyOf(value), value.scale]));
    const rounded = new Map<string, PreparedWeights>();
    const samples = () => samplesOf(context.calibration, MOMENT_SAMPLES);
    for await (const { node, moments } of collectMoments(
      model,
      this.nodes,
      samples,
      this.options,
    )) {
      const step = steps.get(keyOf({ scope: node.ref.scope, name: node.input }));
      rounded.set(keyOf(node.ref), roundByMoments(node, weights, moments, step));
    }
    return new Int8Draft({ ...this.#measured, rounded }, this.choices);
  }

  /** The same model with the channels between weights brought to like sizes, measured anew; undefined when there are none. */
  async equalized(): Promise<Int8Draft | undefined> {
    const { source, context } = this.#measured;
    const links = findLinks(source);
    const samples = samplesOf(context.calibration, MOMENT_SAMPLES);
    const peaks = await collectPeaks(source, links, samples, this.options);
    const values = links.flatMap((link): EqualizedValue[] => {
      const ref = { scope: link.scope, name: link.value };
      const exponents = exponentsOf(peaks.get(keyOf(ref)) ?? [], link.readers);
      return exponents.some((power) => power !== 0) ? [{ ...ref, exponents: [...exponents] }] : [];
    });
    if (values.length === 0) return undefined;
    const next = await Int8Draft.measured(source, context, values);
    const { method, byOutputError } = this.choices;
    const chosen = next.with({ method, byOutputError });
    return byOutputError ? await chosen.withMoments() : chosen;
  }

  plan(): Int8Plan {
    const { model, equalized, context, ranges } = this.#measured;
    const { method, groups, keep, weightsAlone } = this.choices;
    return planInt8(model, ranges(method), {
      hardware: context.hardware,
      method,
      samples: Math.min(RANGE_SAMPLES, context.calibration.length),
      synthetic: context.synthetic ?? false,
      equalized,
      groups,
      keep,
      weightsAlone,
      rounded: new Set(this.prepared.keys()),
    });
  }

  build(): Model {
    return applyInt8(this.#measured.source, this.plan(), this.prepared);
  }
}

/** Nodes whose input no sample gave. */
function unreached(
  weighted: readonly WeightedNode[],
  seen: ReadonlyMap<string, unknown>,
): ReadonlySet<string> {
  return new Set(
    weighted
      .filter(({ ref, input }) => !seen.has(keyOf({ scope: ref.scope, name: input })))
      .map(({ ref }) => keyOf(ref)),
  );
}

/** What the model itself says of values goes before what made-up samples showed. */
function withCarried(
  seen: Ranges,
  model: Model,
  values: readonly ValueRef[],
  { carried }: Int8Context,
): Ranges {
  if (!carried) return seen;
  const known = [...carriedRanges(model, values, carried)].filter(([key]) => seen.has(key));
  return new Map([...seen, ...known]);
}

const CHEAP = 'its integer kernel saves less than the conversions around it cost';

/** Ranges of clamped histograms, each method's computed once. */
function rangesBy(
  model: Model,
  histograms: ReadonlyMap<string, ValueCounts>,
  { hardware }: Int8Context,
): Measured['ranges'] {
  const { codes, symmetric } = INT8_POLICIES[hardware].activation;
  const scopes = new Map(scopesOf(model).map((scope) => [scope.key, scope]));
  const clamped = candidateValues(model, hardware).flatMap((ref): [string, HistogramCounts][] => {
    const histogram = histograms.get(keyOf(ref))?.histogram;
    const graph = scopes.get(ref.scope)?.graph;
    return histogram && graph
      ? [[keyOf(ref), clampHistogram(histogram, flatBounds(graph, ref.name))]]
      : [];
  });
  const known = new Map<RangeMethod, Ranges>();
  return (method) => {
    const ranges =
      known.get(method) ??
      new Map(clamped.map(([key, one]) => [key, chooseRange(one, method, codes, symmetric)]));
    known.set(method, ranges);
    return ranges;
  };
}

function sessionOptions({ process, signal }: Int8Context): SessionOptions {
  return { ...(process && { process }), ...(signal && { signal }) };
}
