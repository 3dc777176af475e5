/** Whether two models give the same outputs, by onnxruntime without optimizations. */
import ort from 'onnxruntime-node';
import { decodeFloat16 } from '../../shared/base/float16.ts';
import type { NamedTensors } from '../../shared/base/tensor.ts';
import type { Model } from '../../shared/onnx/model.ts';
import { encodeModel } from '../../shared/onnx/write-model.ts';
import type { FeedSet } from './_feeds.ts';

/**
 * Largest difference as a part of the output's largest finite element. Rewrites change the order of
 * additions and fold two roundings into one: a few units in the last place for each of up to about a
 * hundred terms.
 */
const TOLERANCE: Readonly<Record<string, number>> = {
  float32: 2e-5,
  float64: 1e-13,
  float16: 4e-3,
};

/** What disagrees, one line a finding; `ran` counts the sets that the first model could run. */
export interface Agreement {
  readonly problems: readonly string[];
  readonly ran: number;
}

export async function compareModels(
  before: Model,
  after: Model,
  sets: readonly FeedSet[],
): Promise<Agreement> {
  const [one, other] = [await load(before), await load(after)];
  const problems: string[] = [];
  let ran = 0;
  try {
    for (const { name, feeds } of sets) {
      const wanted = await run(one, feeds).catch(() => undefined);
      // What the model could not do before, no rewrite owes.
      if (!wanted) continue;
      ran++;
      const got = await run(other, feeds).catch((error: unknown) => String(error));
      if (typeof got === 'string') problems.push(`${name}: ${got}`);
      else problems.push(...differences(wanted, got).map((problem) => `${name}: ${problem}`));
    }
  } finally {
    await one.release();
    await other.release();
  }
  return { problems, ran };
}

/** What the model gives for each set of inputs, as numbers, by output; with onnxruntime's own optimizations where told. */
export async function outputsOf(
  model: Model,
  sets: readonly NamedTensors[],
  level: Level = 'disabled',
): Promise<Readonly<Record<string, ArrayLike<number>>>[]> {
  const session = await load(model, level);
  try {
    const all: Record<string, ArrayLike<number>>[] = [];
    for (const feeds of sets) {
      const outputs = Object.entries(await run(session, feeds));
      all.push(Object.fromEntries(outputs.map(([name, tensor]) => [name, numbers(tensor)])));
    }
    return all;
  } finally {
    await session.release();
  }
}

type Level = 'disabled' | 'all';

async function load(model: Model, level: Level = 'disabled'): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(encodeModel(model), {
    graphOptimizationLevel: level,
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
}

type Outputs = ort.InferenceSession.ReturnType;

async function run(session: ort.InferenceSession, feeds: NamedTensors): Promise<Outputs> {
  const tensors = Object.entries(feeds)
    .filter(([name]) => session.inputNames.includes(name))
    .map(([name, { type, dims, data }]) => {
      const made = new ort.Tensor(type as 'float32', data as Float32Array, dims);
      // The native side does not know the Float16Array that the constructor makes of the bits.
      if (type === 'float16') Object.defineProperty(made, 'data', { value: data });
      return [name, made] as const;
    });
  return session.run(Object.fromEntries(tensors));
}

function differences(wanted: Outputs, got: Outputs): string[] {
  return Object.entries(wanted).flatMap(([name, before]) => {
    const after = got[name];
    if (!after) return [`output '${name}' is gone`];
    const form = (tensor: ort.Tensor): string => `${tensor.type} [${tensor.dims}]`;
    if (form(before) !== form(after)) return [`'${name}' was ${form(before)}, is ${form(after)}`];
    const worst = largestDifference(numbers(before), numbers(after));
    const tolerance = TOLERANCE[before.type] ?? 0;
    return worst <= tolerance ? [] : [`'${name}' differs by ${worst} of its largest element`];
  });
}

function numbers({ type, data }: ort.Tensor): ArrayLike<number> {
  if (type === 'float16') {
    const view = data as Uint16Array;
    return decodeFloat16(new Uint16Array(view.buffer, view.byteOffset, view.length));
  }
  if (type === 'int64' || type === 'uint64')
    return Array.from(data as BigInt64Array, (value) => Number(value));
  return data as Float32Array;
}

/** Infinite where one is finite and the other is not, or where only one is not a number. */
export function largestDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let scale = Number.MIN_VALUE;
  for (let i = 0; i < one.length; i++) {
    const size = Math.abs(one[i] ?? 0);
    if (Number.isFinite(size) && size > scale) scale = size;
  }
  let worst = 0;
  for (let i = 0; i < one.length; i++) {
    const [a, b] = [one[i] ?? 0, other[i] ?? 0];
    if (Object.is(a, b) || a === b) continue;
    const difference = Math.abs(a - b) / scale;
    worst = Math.max(worst, Number.isNaN(difference) ? Infinity : difference);
  }
  return worst;
}
