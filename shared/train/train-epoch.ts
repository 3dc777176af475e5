/** One pass over the training samples. */
import { product } from '../base/product.ts';
import { createRandom, shuffled } from '../base/random.ts';
import type { NamedTensors, Tensor } from '../base/tensor.ts';
import { storeTensor } from '../onnx/make-tensor.ts';
import type { Model } from '../onnx/model.ts';
import { tensorOf } from '../onnx/tensor-data.ts';
import { type CarriedSession, type CarryLink, openCarried } from '../runtime/carried-session.ts';
import type { RuntimeProcess } from '../runtime/runtime-process.ts';
import { normMoments } from './batch-norms.ts';
import type { LossSpec } from './loss-spec.ts';
import type { OptimizerState } from './optimizer-state.ts';
import type { OptimizerOptions } from './optimizers.ts';
import { rateAt } from './schedule.ts';
import { batchFeeds, type SetUp, setUp } from './set-up.ts';
import { type StepGraph, stepGraph } from './step-graph.ts';
import type { TrainSamples } from './train-samples.ts';
import { trainableWeights } from './trainable-weights.ts';

export interface EpochOptions {
  /** From 1 to `epochs`: the rate depends on it. */
  readonly epoch: number;
  readonly epochs: number;
  /** Samples a step; fewer where there are fewer. */
  readonly batch: number;
  /** The highest rate, see {@link rateAt}. */
  readonly rate: number;
  readonly optimizer: OptimizerOptions;
  readonly loss: LossSpec;
  /** Whether elements of kernels and matrices that are zero stay so. */
  readonly keepsZeros: boolean;
  readonly seed: number;
  /** Of a loss with a teacher. */
  readonly teacher?: Model;
  /** Which float32 initializers are trained; those that {@link trainableWeights} finds. */
  readonly trainable?: (name: string) => boolean;
  /** Whether BatchNormalizations use the moments that they have instead of those of the batch; false. */
  readonly freezesNorms?: boolean;
  /** Threads of one op; 1. Another count may give other bytes. */
  readonly threads?: number;
}

export interface EpochProgress {
  readonly epoch: number;
  /** From 1 to `steps`, in this epoch. */
  readonly step: number;
  readonly steps: number;
  /** The mean so far. */
  readonly loss: number;
  readonly samplesPerSecond: number;
}

export interface EpochPorts {
  readonly progress?: (progress: EpochProgress) => void;
  readonly signal?: AbortSignal;
  /** The child to train in; one of its own. */
  readonly process?: RuntimeProcess;
}

export interface EpochResult {
  /** The model that was given where it diverged. */
  readonly model: Model;
  readonly optimizer: OptimizerState;
  /** The mean over the steps. */
  readonly loss: number;
  readonly steps: number;
  /** Samples that were trained on: whole batches. */
  readonly samples: number;
  /** Whether a loss or weight was no finite number. */
  readonly diverged: boolean;
}

/** Steps sent ahead of the answer: one in work, one in the pipe, one being made. */
const WINDOW = 3;

/** Between two calls of the progress port. */
const PROGRESS_MS = 250;

/**
 * Trains a model in training form. The same model, state, samples and options give the same bytes on one machine.
 * Samples behind the last whole batch of the epoch's order are left out of it.
 * @throws UnsupportedError with the ops that nothing can be trained through; InputError for samples that do not fit
 */
export async function trainEpoch(
  model: Model,
  state: OptimizerState | undefined,
  samples: TrainSamples,
  options: EpochOptions,
  ports: EpochPorts = {},
): Promise<EpochResult> {
  const { epoch, seed } = options;
  const numbers = Array.from({ length: samples.length }, (_, index) => index);
  const order = shuffled(numbers, createRandom(seed, `epoch ${epoch}`));
  const set = await setUp(model, await samples.sample(order[0] ?? 0), {
    loss: options.loss,
    batch: Math.min(options.batch, samples.length),
    trainsNorms: options.freezesNorms !== true,
    ...(options.teacher && { teacher: options.teacher }),
  });
  const graph = await epochGraph(model, set, options);
  const steps = Math.floor(samples.length / set.form.batch);
  const before: OptimizerState = state ?? { step: 0, tensors: new Map() };
  await using session = await openCarried(graph.model, {
    links: linksOf(graph),
    start: startOf(model, graph, before),
    threads: options.threads ?? 1,
    ...(set.helper && { helper: set.helper }),
    ...(ports.process && { process: ports.process }),
    ...(ports.signal && { signal: ports.signal }),
  });
  const run: Run = { graph, set, session, samples, order, steps, done: before.step };
  const loss = await allSteps(run, options, ports);
  const result = { loss, steps, samples: steps * set.form.batch };
  const after = Number.isFinite(loss) ? await session.end() : undefined;
  if (!after || !areFinite(after)) return { ...result, model, optimizer: before, diverged: true };
  return {
    ...result,
    model: withWeights(model, graph, after),
    optimizer: stateOf(graph, after, before.step + steps),
    diverged: false,
  };
}

async function epochGraph(
  model: Model,
  { form, head, shapes, states }: SetUp,
  { optimizer, keepsZeros, trainable }: EpochOptions,
): Promise<StepGraph> {
  return await stepGraph(form.model, {
    weights: trainedNames(model, trainable),
    optimizer,
    extraInputs: head.extraInputs,
    loss: head.emit,
    states,
    keepsZeros,
    shapes,
  });
}

/** Names of what is trained, see {@link EpochOptions.trainable}. */
export function trainedNames(
  model: Model,
  trainable: EpochOptions['trainable'],
): readonly string[] {
  if (!trainable) return trainableWeights(model);
  const moments = normMoments(model);
  return floatInitializers(model).filter((name) => trainable(name) && !moments.has(name));
}

const floatInitializers = ({ graph }: Model): string[] =>
  [...graph.initializers].flatMap(([name, { type }]) => (type === 'float32' ? [name] : []));

/** Everything that a step gives and the next one takes. */
const linksOf = ({ trained, states }: StepGraph): CarryLink[] => [
  ...[...trained].flatMap(([weight, { next, state }]) => [
    { input: weight, output: next },
    ...state.map((one) => ({ input: one.input, output: one.next })),
  ]),
  ...states.map(({ name, next }) => ({ input: name, output: next })),
];

function startOf({ graph }: Model, step: StepGraph, { tensors }: OptimizerState): NamedTensors {
  const start: Record<string, Tensor> = {};
  const names = [...step.trained.keys(), ...step.states.map(({ name }) => name)];
  for (const name of names) {
    const tensor = graph.initializers.get(name);
    if (tensor) start[name] = tensorOf(tensor);
  }
  for (const [weight, { shape, state }] of step.trained) {
    const known = tensors.get(weight);
    state.forEach(({ input }, position) => {
      start[input] = known?.[position] ?? zeros(shape);
    });
  }
  return start;
}

const zeros = (dims: readonly number[]): Tensor => ({
  type: 'float32',
  dims,
  data: new Float32Array(product(dims)),
});

interface Run {
  readonly graph: StepGraph;
  readonly set: SetUp;
  readonly session: CarriedSession;
  readonly samples: TrainSamples;
  readonly order: readonly number[];
  readonly steps: number;
  /** Steps made in earlier epochs. */
  readonly done: number;
}

/** The mean loss; the first that is no finite number where there is one. */
async function allSteps(run: Run, options: EpochOptions, ports: EpochPorts): Promise<number> {
  const { graph, set, session, steps } = run;
  const { batch } = set.form;
  const total = options.epochs * steps;
  const started = performance.now();
  let told = started;
  let sum = 0;
  let answered = 0;
  const inFlight: Promise<NamedTensors>[] = [];
  const settle = async (): Promise<boolean> => {
    const outputs = await inFlight.shift();
    const loss = Number(outputs?.[graph.loss]?.data[0]);
    sum = Number.isFinite(loss) ? sum + loss : Number.NaN;
    answered++;
    const now = performance.now();
    if (now - told >= PROGRESS_MS || answered === steps) {
      told = now;
      ports.progress?.({
        epoch: options.epoch,
        step: answered,
        steps,
        loss: sum / answered,
        samplesPerSecond: (answered * batch * 1000) / (now - started),
      });
    }
    return Number.isFinite(sum);
  };
  for (let step = 1; step <= steps; step++) {
    ports.signal?.throwIfAborted();
    const feeds = await batchFeeds(
      set,
      run.samples,
      run.order.slice((step - 1) * batch, step * batch),
    );
    const number = (options.epoch - 1) * steps + step;
    const asked = session.step(
      {
        ...feeds,
        [graph.rate]: scalar(rateAt(number, total, options.rate)),
        [graph.step]: scalar(run.done + step),
      },
      [graph.loss],
    );
    // It is awaited in its turn; until then a failure must not count as unhandled.
    asked.catch(() => {});
    inFlight.push(asked);
    if (inFlight.length === WINDOW && !(await settle())) break;
  }
  while (inFlight.length > 0) await settle();
  return sum / answered;
}

const scalar = (value: number): Tensor => ({
  type: 'float32',
  dims: [],
  data: Float32Array.of(value),
});

const areFinite = (tensors: NamedTensors): boolean =>
  Object.values(tensors).every(
    ({ data }) => !(data instanceof Float32Array) || data.every(Number.isFinite),
  );

function withWeights(model: Model, { trained, states }: StepGraph, after: NamedTensors): Model {
  const initializers = new Map(model.graph.initializers);
  for (const name of [...trained.keys(), ...states.map((one) => one.name)]) {
    const tensor = after[name];
    if (tensor) initializers.set(name, storeTensor(name, tensor));
  }
  return { ...model, graph: { ...model.graph, initializers } };
}

function stateOf({ trained }: StepGraph, after: NamedTensors, step: number): OptimizerState {
  const tensors = new Map<string, readonly Tensor[]>();
  for (const [weight, { state }] of trained)
    tensors.set(
      weight,
      state.flatMap(({ input }) => after[input] ?? []),
    );
  return { step, tensors };
}
