/**
 * Runs a model over samples and keeps what judging needs: a few numbers a sample. Outputs are looked at
 * once and forgotten, so memory does not grow with them.
 */
import { FettleError, InputError, ToolError } from '../base/errors.ts';
import type { NamedTensors } from '../base/tensor.ts';
import type { RuntimeSession } from '../runtime/session.ts';
import type { DataSet } from './data/data-set.ts';
import { compareOutputs, type FidelityStatistics, mergeFidelity } from './fidelity.ts';
import type { Metric, ScoreTable } from './metrics/metric.ts';

/** Statistics of samples by number: plain JSON, made by one shard or merged from many. */
export interface SampleScores {
  readonly metric: string;
  readonly width: number;
  readonly indices: readonly number[];
  /** `width` numbers a sample, in the order of `indices`. */
  readonly values: readonly number[];
}

export interface Evaluation {
  /** Absent without a metric. */
  readonly scores?: SampleScores;
  /** Absent without a reference. */
  readonly fidelity?: FidelityStatistics;
}

export interface EvaluateOptions {
  readonly metric?: Metric;
  /** The source model's outputs for a sample: of its own session, or recorded before. */
  readonly reference?: (index: number, feeds: NamedTensors) => Promise<NamedTensors>;
  /** Called after each sample with the count done. */
  readonly onProgress?: (done: number) => void;
}

/** What this needs of a session. */
export type Runnable = Pick<RuntimeSession, 'runMany'>;

/** @throws InputError naming the sample whose label does not fit the model */
export async function evaluate(
  session: Runnable,
  data: DataSet,
  indices: readonly number[],
  { metric, reference, onProgress }: EvaluateOptions,
): Promise<Evaluation> {
  const scores: number[][] = [];
  const fidelity: (readonly number[])[] = [];
  let outputs: readonly string[] = [];
  let done = 0;
  // Read once for both models; a session holds few samples at a time, so few wait here.
  const waiting: NamedTensors[] = [];
  for await (const given of session.runMany(samplesOf(data, indices, waiting))) {
    const index = indices[done] ?? -1;
    const feeds = waiting.shift() ?? {};
    const wanted = await reference?.(index, feeds);
    if (metric !== undefined) scores.push(scoreSample(metric, data, index, given, wanted));
    if (wanted !== undefined) {
      outputs = Object.keys(wanted);
      fidelity.push(compareOutputs(wanted, given));
    }
    done++;
    onProgress?.(done);
  }
  const width = scores[0]?.length ?? 0;
  return mergeEvaluations([
    {
      ...(metric === undefined
        ? {}
        : { scores: { metric: metric.name, width, indices, values: scores.flat() } }),
      ...(reference === undefined
        ? {}
        : { fidelity: { outputs, indices, values: fidelity.flat() } }),
    },
  ]);
}

/** Parts of one evaluation as one, in sample order: associative, and the same in any order. */
export function mergeEvaluations(parts: readonly Evaluation[]): Evaluation {
  const scores = parts.flatMap((part) => part.scores ?? []);
  const fidelity = parts.flatMap((part) => part.fidelity ?? []);
  return {
    ...(scores.length === 0 ? {} : { scores: mergeScores(scores) }),
    ...(fidelity.length === 0 ? {} : { fidelity: mergeFidelity(fidelity) }),
  };
}

/** The scores as a table for {@link Metric.aggregate}. */
export function scoreTable({ indices, width, values }: SampleScores): ScoreTable {
  return { rows: indices.length, width, values: Float64Array.from(values) };
}

async function* samplesOf(data: DataSet, indices: readonly number[], waiting: NamedTensors[]) {
  for (const index of indices) {
    const feeds = await data.sample(index);
    waiting.push(feeds);
    yield feeds;
  }
}

function scoreSample(
  metric: Metric,
  data: DataSet,
  index: number,
  outputs: NamedTensors,
  reference: NamedTensors | undefined,
): number[] {
  const label = data.label(index);
  try {
    return [
      ...metric.statistics(outputs, {
        ...(label === undefined ? {} : { label }),
        ...(reference === undefined ? {} : { reference }),
      }),
    ];
  } catch (error) {
    if (!(error instanceof FettleError)) throw error;
    const Kind = error instanceof ToolError ? ToolError : InputError;
    throw new Kind(`${data.path}, sample ${index}: ${error.message}`, {
      where: data.path,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    });
  }
}

function mergeScores(parts: readonly SampleScores[]): SampleScores {
  const [first] = parts;
  const width = Math.max(0, ...parts.map((part) => part.width));
  const rows = new Map<number, readonly number[]>();
  for (const part of parts) {
    const wanted = part.indices.length * width;
    if (part.metric !== first?.metric || part.values.length !== wanted) {
      throw new InputError(
        `scores do not go together: ${part.values.length} numbers of ${part.metric} for ` +
          `${part.indices.length} samples of ${width}`,
        { hint: 'Every sample must give the same count of classes.' },
      );
    }
    for (const [row, index] of part.indices.entries()) {
      rows.set(index, part.values.slice(row * width, (row + 1) * width));
    }
  }
  const sorted = [...rows].sort(([a], [b]) => a - b);
  return {
    metric: first?.metric ?? '',
    width,
    indices: sorted.map(([index]) => index),
    values: sorted.flatMap(([, values]) => values),
  };
}
