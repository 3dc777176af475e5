/** Classifiers of digits, trained by our trainer and compared image by image. */
import { bootstrapInterval, bootstrapPaired } from '../shared/measure/accuracy/bootstrap.ts';
import { type Metric, meanColumn, type ScoreTable } from '../shared/measure/metrics/metric.ts';
import type { Model } from '../shared/onnx/model.ts';
import { openSession } from '../shared/runtime/session.ts';
import { chooseLoss, type LossWishes } from '../shared/train/choose-loss.ts';
import type { OptimizerState } from '../shared/train/optimizer-state.ts';
import { trainEpoch } from '../shared/train/train-epoch.ts';
import type { TrainSamples } from '../shared/train/train-samples.ts';
import { AREA, type Digits } from './_mnist.ts';

const BATCH = 32;

/** Pictures a run of the model. */
const RUN = 250;

/** 1 for each image that a model gets right, by what the model is called. */
export type Right = ReadonlyMap<string, Uint8Array>;

export interface Training extends Partial<LossWishes> {
  readonly epochs: number;
  readonly rate: number;
  readonly seed: number;
}

/** Trained with AdamW on labels, and on what the teacher says where there is one. */
export async function train(
  model: Model,
  samples: TrainSamples,
  { epochs, rate, seed, ...wishes }: Training,
): Promise<Model> {
  const { loss } = await chooseLoss(model, samples, { hasLabels: true, ...wishes });
  const { teacher, trainable } = wishes;
  let current = model;
  let state: OptimizerState | undefined;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const result = await trainEpoch(current, state, samples, {
      ...{ epoch, epochs, rate, seed, loss, batch: BATCH, keepsZeros: false },
      optimizer: { name: 'adamw' },
      ...(teacher && { teacher }),
      ...(trainable && { trainable }),
    });
    if (result.diverged) throw new Error(`training diverged in epoch ${epoch}`);
    current = result.model;
    state = result.optimizer;
  }
  return current;
}

/** Of a model `x` [N, 1, 28, 28] → `p` [N, 10]. */
export async function rightOf(
  model: Model,
  { images, labels, count }: Digits,
): Promise<Uint8Array> {
  await using session = await openSession(model);
  const right = new Uint8Array(count);
  for (let first = 0; first < count; first += RUN) {
    const data = images.slice(first * AREA, (first + RUN) * AREA);
    const { p } = await session.run({ x: { type: 'float32', dims: [RUN, 1, 28, 28], data } });
    if (!(p?.data instanceof Float32Array)) throw new Error('the model gives no probabilities');
    for (let row = 0; row < RUN; row++) {
      const scores = p.data.subarray(row * 10, row * 10 + 10);
      right[first + row] = Number(scores.indexOf(Math.max(...scores)) === labels[first + row]);
    }
  }
  return right;
}

/** The mean over the seeds, an image a row. */
function pooled(all: readonly Right[], name: string): ScoreTable {
  const rows = all[0]?.get(name)?.length ?? 0;
  const values = Float64Array.from({ length: rows }, (_, image) => {
    const sum = all.reduce((hits, right) => hits + (right.get(name)?.[image] ?? Number.NaN), 0);
    return sum / all.length;
  });
  return { rows, width: 1, values };
}

const SHARE: Metric = {
  ...{ name: 'top1', higherIsBetter: true, isErrorMetric: false, kind: 'mean' },
  ...{ isDiscrete: true, comparesWith: 'label' },
  statistics: () => [],
  aggregate: (table, weights) => meanColumn(table, 0, weights),
};

/** The share that a model gets right, over the seeds. */
export const shareOf = (all: readonly Right[], name: string): number =>
  SHARE.aggregate(pooled(all, name));

export interface Found {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

/** What one model gets right more than another; 95 % of a paired bootstrap over the images, the seeds pooled. */
export function against(all: readonly Right[], base: string, name: string): Found {
  const { difference } = bootstrapPaired(SHARE, pooled(all, base), pooled(all, name), 1);
  return { difference: difference.estimate, ...bootstrapInterval(difference, 0.95) };
}

/** Prints a bar, and whether it holds. */
export function bar(
  what: string,
  { difference, low, high }: Found,
  limit: string,
  holds: boolean,
): boolean {
  const points = (value: number): string => (100 * value).toFixed(2);
  const text = `${points(difference)} points [${points(low)}, ${points(high)}]`;
  console.log(
    `  ${what.padEnd(36)} ${text.padEnd(30)} bar ${limit.padEnd(14)} ${holds ? 'holds' : 'BROKEN'}`,
  );
  return holds;
}

export const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
