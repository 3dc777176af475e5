/** Moments of BatchNormalizations estimated anew: after channels or weights are gone, values lie elsewhere. */
import { createRandom, shuffled } from '../base/random.ts';
import type { NamedTensors } from '../base/tensor.ts';
import { float32Tensor } from '../onnx/make-tensor.ts';
import type { Model } from '../onnx/model.ts';
import { TakenNames } from '../onnx/taken-names.ts';
import { type Folded, foldOutputs } from '../runtime/fold-outputs.ts';
import type { RuntimeProcess } from '../runtime/runtime-process.ts';
import { type BatchForm, batchForm, stack } from './batch-form.ts';
import { type NormState, withTrainingNorms } from './batch-norms.ts';
import { Emitter, type Shape } from './emitter.ts';
import { infoOf, withParts } from './step-graph.ts';
import type { Inputs } from './train-samples.ts';

/** More tell nothing new about a mean and a variance. */
export const NORM_SAMPLES = 1000;

export interface NormOptions {
  /** Of the choice of samples. */
  readonly seed: number;
  /** Samples a batch; 64. */
  readonly batch?: number;
  readonly threads?: number;
  readonly process?: RuntimeProcess;
  readonly signal?: AbortSignal;
}

const BATCH = 64;

/**
 * Over {@link NORM_SAMPLES} samples at most, each norm seeing what the ones before it make of batches. The model
 * itself where it has none, or cannot take more than one sample at once.
 */
export async function calibrateNorms(
  model: Model,
  samples: Inputs,
  options: NormOptions,
): Promise<Model> {
  const chosen = chooseSamples(samples, options.seed);
  const [first = 0] = chosen;
  const wanted = Math.min(options.batch ?? BATCH, chosen.length);
  const form = await batchForm(model, await samples.sample(first), wanted);
  const { model: running, states } = withTrainingNorms(form.model, 0);
  if (states.length === 0 || form.batch === 1) return model;
  const moments = pairs(states);
  const sizes = new Map<string, Shape>();
  for (const { mean, variance } of moments) {
    const { dims = [] } = model.graph.initializers.get(mean.name) ?? {};
    sizes.set(mean.next, dims);
    sizes.set(variance.next, dims);
  }
  const emit = new Emitter(sizes, new TakenNames(running.graph), 'moment');
  const outputs = moments.map(({ mean, variance }) => ({
    mean: mean.next,
    variance: variance.next,
    square: emit.emit('Mul', [mean.next, mean.next], sizes.get(mean.next) ?? []),
  }));
  const found = await sumsOf(running, emit, outputs, { form, samples, chosen }, options);
  const initializers = new Map(model.graph.initializers);
  moments.forEach(({ mean, variance }, index) => {
    const { dims = [] } = model.graph.initializers.get(mean.name) ?? {};
    const own = found[index];
    if (!own) return;
    initializers.set(mean.name, float32Tensor(mean.name, dims, own.mean));
    initializers.set(variance.name, float32Tensor(variance.name, dims, own.variance));
  });
  return { ...model, graph: { ...model.graph, initializers } };
}

/** In an order of chance: files are often sorted by class, and a batch of one class has other moments. */
export function chooseSamples({ length }: Inputs, seed: number): readonly number[] {
  const numbers = Array.from({ length }, (_, index) => index);
  return shuffled(numbers, createRandom(seed, 'norms')).slice(0, NORM_SAMPLES);
}

/** States come as mean and variance in turn. */
function pairs(states: readonly NormState[]): { mean: NormState; variance: NormState }[] {
  return states.flatMap((mean, index) => {
    const variance = index % 2 === 0 ? states[index + 1] : undefined;
    return variance ? [{ mean, variance }] : [];
  });
}

/** Names of outputs: of each batch the mean, the variance about it, and the mean's square. */
export interface MomentOutputs {
  readonly mean: string;
  readonly variance: string;
  readonly square: string;
}

export interface Moments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

interface Chosen {
  readonly form: BatchForm;
  readonly samples: Inputs;
  readonly chosen: readonly number[];
}

/**
 * Of all samples, of those of their batches: the variance is the mean of the variances within batches and that of the
 * means between them.
 */
export async function sumsOf(
  model: Model,
  emit: Emitter,
  outputs: readonly MomentOutputs[],
  { form, samples, chosen }: Chosen,
  { threads = 1, process, signal }: NormOptions,
): Promise<readonly Moments[]> {
  const names = outputs.flatMap(({ mean, variance, square }) => [mean, variance, square]);
  const whole = withParts(model, emit);
  const infos = names.map((name) => infoOf(name, 'float32', emit.shapeOf(name)));
  const measured: Model = { ...whole, graph: { ...whole.graph, outputs: infos } };
  const batches = Math.floor(chosen.length / form.batch);
  const folded = await foldOutputs(
    measured,
    eachBatch(form, samples, chosen),
    Object.fromEntries(names.map((name) => [name, 'sum' as const])),
    {
      threads,
      // Norms write their moments over those that they are given, which must not be one tensor for several norms.
      optimization: 'disabled',
      ...(process && { process }),
      ...(signal && { signal }),
    },
  );
  return outputs.map(({ mean, variance, square }) => {
    const means = meanOf(folded[mean], batches);
    const within = meanOf(folded[variance], batches);
    const squares = meanOf(folded[square], batches);
    return {
      mean: means,
      variance: within.map((value, channel) => {
        const between = (squares[channel] ?? 0) - (means[channel] ?? 0) ** 2;
        return value + Math.max(0, between);
      }),
    };
  });
}

const meanOf = (folded: Folded | undefined, count: number): Float64Array =>
  folded && 'values' in folded ? folded.values.map((value) => value / count) : new Float64Array();

async function* eachBatch(
  { batch, inputs }: BatchForm,
  samples: Inputs,
  chosen: readonly number[],
): AsyncIterableIterator<NamedTensors> {
  for (let start = 0; start + batch <= chosen.length; start += batch) {
    const tensors: NamedTensors[] = [];
    for (const index of chosen.slice(start, start + batch))
      tensors.push(await samples.sample(index));
    yield stack(inputs, tensors);
  }
}
