/** The loss of a model as it is, on samples that it is not trained on. */
import type { NamedTensors } from '../base/tensor.ts';
import type { Model } from '../onnx/model.ts';
import { TakenNames } from '../onnx/taken-names.ts';
import { openCarried } from '../runtime/carried-session.ts';
import { RuntimeProcess } from '../runtime/runtime-process.ts';
import { Emitter } from './emitter.ts';
import type { LossSpec } from './loss-spec.ts';
import { batchFeeds, type SetUp, setUp } from './set-up.ts';
import { infoOf, withInputs, withParts } from './step-graph.ts';
import type { TrainSamples } from './train-samples.ts';

export interface ValidationOptions {
  readonly loss: LossSpec;
  /** Of a loss with a teacher. */
  readonly teacher?: Model;
  /** Samples a run; 64. */
  readonly batch?: number;
  readonly threads?: number;
  readonly process?: RuntimeProcess;
  readonly signal?: AbortSignal;
}

const BATCH = 64;

/** Runs sent ahead of the answer. */
const WINDOW = 3;

/** The mean over all samples; norms by the moments that they have. NaN where an output is. */
export async function validationLoss(
  model: Model,
  samples: TrainSamples,
  options: ValidationOptions,
): Promise<number> {
  const process = options.process ?? new RuntimeProcess();
  try {
    const { length } = samples;
    const wanted = Math.min(options.batch ?? BATCH, length);
    const own = { ...options, process };
    const whole = await lossOf(model, samples, own, { from: 0, batch: wanted });
    const rest = length - whole.samples;
    if (rest === 0) return whole.sum / length;
    const last = await lossOf(model, samples, own, { from: whole.samples, batch: rest });
    return (whole.sum + last.sum) / length;
  } finally {
    if (process !== options.process) await process.close();
  }
}

/** Σ loss over the whole batches from a sample on, and how many samples those are. */
async function lossOf(
  model: Model,
  samples: TrainSamples,
  {
    loss,
    teacher,
    threads = 1,
    process,
    signal,
  }: ValidationOptions & {
    readonly process: RuntimeProcess;
  },
  { from, batch: wanted }: { readonly from: number; readonly batch: number },
): Promise<{ sum: number; samples: number }> {
  const set = await setUp(model, await samples.sample(from), {
    loss,
    batch: wanted,
    trainsNorms: false,
    ...(teacher && { teacher }),
  });
  const { batch } = set.form;
  const lossGraph = withLoss(set);
  await using session = await openCarried(lossGraph.model, {
    links: [],
    start: {},
    threads,
    ...(set.helper && { helper: set.helper }),
    process,
    ...(signal && { signal }),
  });
  const batches = Math.floor((samples.length - from) / batch);
  let sum = 0;
  const inFlight: Promise<NamedTensors>[] = [];
  const settle = async (): Promise<void> => {
    const outputs = await inFlight.shift();
    sum += batch * Number(outputs?.[lossGraph.loss]?.data[0]);
  };
  for (let index = 0; index < batches; index++) {
    const indices = Array.from({ length: batch }, (_, row) => from + index * batch + row);
    const asked = session.step(await batchFeeds(set, samples, indices), [lossGraph.loss]);
    asked.catch(() => {});
    inFlight.push(asked);
    if (inFlight.length === WINDOW) await settle();
  }
  while (inFlight.length > 0) await settle();
  return { sum, samples: batches * batch };
}

/** The model with its loss as the only output. */
function withLoss({ form, head, shapes }: SetUp): { model: Model; loss: string } {
  const given = withInputs(form.model, head.extraInputs);
  const known = new Map(shapes);
  for (const { name, shape } of head.extraInputs) known.set(name, shape);
  const emit = new Emitter(known, new TakenNames(given.graph), 'loss');
  const loss = head.emit(emit);
  const whole = withParts(given, emit);
  const outputs = [infoOf(loss, 'float32', [])];
  return { model: { ...whole, graph: { ...whole.graph, outputs, valueInfo: new Map() } }, loss };
}
