/**
 * How closely a variant's outputs follow the source model's: cosine, largest error, agreement of
 * decisions, signal to noise. Kept a sample at a time, so that parts merge in any order to the same
 * bits.
 */
import { ToolError } from '../base/errors.ts';
import type { NamedTensors } from '../base/tensor.ts';
import { compareOutput, type OutputComparison } from './compare-output.ts';
import { cosineOf } from './cosine.ts';

/** Ten numbers an output and sample: see {@link OutputComparison}, in this order. */
const COLUMNS = [
  'dot',
  'normA',
  'normB',
  'squaredError',
  'maxAbsError',
  'decisions',
  'agreed',
  'broken',
  'nan',
  'compared',
] as const satisfies readonly (keyof OutputComparison)[];

/** Comparisons of many samples: plain JSON. `values` holds `indices.length × outputs.length × 10` numbers. */
export interface FidelityStatistics {
  readonly outputs: readonly string[];
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

export interface OutputFidelity {
  readonly name: string;
  /** Of all values over all samples, seen as one vector. */
  readonly cosine?: number;
  /** The smallest of any sample: where to look. Absent for outputs of one element. */
  readonly worstCosine?: number;
  readonly worstSample?: number;
  readonly maxAbsError?: number;
  /** Share of decisions that are the same; absent where the output holds no class scores. */
  readonly agreement?: number;
  /** 10 · log₁₀(signal / error); absent where there is no error at all. */
  readonly sqnrDb?: number;
  /** Elements that are NaN or infinite on one side alone, or of another shape. Then cosine is 0. */
  readonly broken?: number;
  /** Elements that are NaN on both sides. Where there is nothing else, nothing is known: no cosine, no error. */
  readonly nan?: number;
}

/** The worst over all outputs, and each output. */
export interface Fidelity extends Omit<OutputFidelity, 'name' | 'worstCosine' | 'worstSample'> {
  readonly samples: number;
  readonly outputs: readonly OutputFidelity[];
}

/** One sample's comparisons, in the order of the reference's outputs. */
export function compareOutputs(reference: NamedTensors, given: NamedTensors): readonly number[] {
  return Object.entries(reference).flatMap(([name, wanted]) => {
    const comparison = compareOutput(wanted, given[name]);
    return COLUMNS.map((column) => comparison[column]);
  });
}

/** Parts of one comparison as one, in sample order; a sample in two parts counts once. */
export function mergeFidelity(parts: readonly FidelityStatistics[]): FidelityStatistics {
  const outputs = parts[0]?.outputs ?? [];
  const width = outputs.length * COLUMNS.length;
  const rows = new Map<number, readonly number[]>();
  for (const part of parts) {
    if (part.outputs.join('\n') !== outputs.join('\n')) {
      throw new ToolError(`parts of one comparison differ in their outputs: ${part.outputs}`);
    }
    for (const [row, index] of part.indices.entries()) {
      rows.set(index, part.values.slice(row * width, (row + 1) * width));
    }
  }
  const sorted = [...rows].sort(([a], [b]) => a - b);
  return {
    outputs,
    indices: sorted.map(([index]) => index),
    values: sorted.flatMap(([, values]) => values),
  };
}

/** The numbers of a report. `undefined` without samples. */
export function summarizeFidelity(statistics: FidelityStatistics): Fidelity | undefined {
  const samples = statistics.indices.length;
  if (samples === 0 || statistics.outputs.length === 0) return undefined;
  const outputs = statistics.outputs.map((name, output) =>
    summarizeOutput(statistics, name, output),
  );
  return { samples, ...worstOf(outputs), outputs };
}

function summarizeOutput(
  { indices, outputs, values }: FidelityStatistics,
  name: string,
  output: number,
): OutputFidelity {
  const width = outputs.length * COLUMNS.length;
  const column = (row: number, key: (typeof COLUMNS)[number]): number =>
    values[row * width + output * COLUMNS.length + COLUMNS.indexOf(key)] ?? 0;
  const sum = (key: (typeof COLUMNS)[number]): number =>
    indices.reduce((total, _, row) => total + column(row, key), 0);

  const broken = sum('broken');
  const decisions = sum('decisions');
  const agreement = decisions === 0 ? {} : { agreement: sum('agreed') / decisions };
  const nan = sum('nan') > 0 ? { nan: sum('nan') } : {};
  if (broken > 0) return { name, cosine: 0, broken, ...nan, ...agreement };
  if (sum('nan') > 0 && sum('compared') === 0) return { name, ...nan };
  const signal = sum('normA');
  const noise = sum('squaredError');
  // Text has decisions and nothing else.
  const isText = decisions > 0 && signal === 0 && sum('normB') === 0;
  if (isText) return { name, ...agreement };

  let worst = { worstCosine: Number.POSITIVE_INFINITY, worstSample: 0 };
  let maxAbsError = 0;
  for (const [row, worstSample] of indices.entries()) {
    const cosine = cosineOf(column(row, 'dot'), column(row, 'normA'), column(row, 'normB'));
    if (cosine < worst.worstCosine) worst = { worstCosine: cosine, worstSample };
    maxAbsError = Math.max(maxAbsError, column(row, 'maxAbsError'));
  }
  return {
    name,
    cosine: cosineOf(sum('dot'), signal, sum('normB')),
    ...worst,
    maxAbsError,
    ...nan,
    ...agreement,
    ...(noise > 0 && signal > 0 ? { sqnrDb: 10 * Math.log10(signal / noise) } : {}),
  };
}

/** Each number at its worst; a number that no output has is absent. */
function worstOf(outputs: readonly OutputFidelity[]) {
  const of = (
    key: 'cosine' | 'maxAbsError' | 'agreement' | 'sqnrDb' | 'broken' | 'nan',
  ): number[] => outputs.flatMap((output) => output[key] ?? []);
  const smallest = (values: number[]): number => Math.min(...values);
  const worst = {
    cosine: of('cosine').length === 0 ? undefined : smallest(of('cosine')),
    maxAbsError: of('maxAbsError').length === 0 ? undefined : Math.max(...of('maxAbsError')),
    agreement: of('agreement').length === 0 ? undefined : smallest(of('agreement')),
    sqnrDb: of('sqnrDb').length === 0 ? undefined : smallest(of('sqnrDb')),
    broken: of('broken').length === 0 ? undefined : of('broken').reduce((a, b) => a + b),
    nan: of('nan').length === 0 ? undefined : of('nan').reduce((a, b) => a + b),
  };
  // A broken output has an error without bound, not the one of the outputs that are whole.
  if (worst.broken !== undefined) worst.maxAbsError = undefined;
  return withoutUndefined(worst);
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Present<T> {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries) as Present<T>;
}
