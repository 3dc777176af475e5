/** Rows of the golden draft, from their numbers. */

import type { RowDraft } from '../../shared/report/gate.ts';
import type { Accuracy, Latency } from '../../shared/report/schema.ts';

/** Some digest, told apart by its seed. */
export const digest = (seed: string): string => `sha256:${seed.repeat(64).slice(0, 64)}`;

interface RowNumbers {
  readonly model: string;
  readonly bytes: number;
  readonly baseBytes: number;
  readonly latency?: Latency;
  readonly accuracy?: Accuracy;
}

export function row(name: string, numbers: RowNumbers, more: Partial<RowDraft> = {}): RowDraft {
  const { model, bytes, baseBytes, latency, accuracy } = numbers;
  const size =
    name === 'float32' ? { bytes } : { bytes, base: baseBytes, ratio: bytes / baseBytes };
  const path = `${model}.${name}.onnx`;
  return {
    name,
    target: 'onnx',
    hardware: 'x64',
    status: 'done',
    artifact: { path, sha256: digest(String(bytes)), bytes },
    size,
    ...(latency === undefined ? {} : { latency }),
    ...(accuracy === undefined ? {} : { accuracy }),
    notes: [],
    ...more,
  };
}

export function timed(
  shapes: Latency['shapes'],
  ms: number,
  ratio?: readonly [number, number, number],
  verdict?: NonNullable<Latency['verdict']>,
): Latency {
  const common = {
    ms,
    p90Ms: ms * 1.08,
    p99Ms: ms * 1.3,
    loadMs: 11,
    sessions: 6,
    threads: 1,
    shapes,
  };
  if (ratio === undefined || verdict === undefined) return common;
  const [value, low, high] = ratio;
  return { ...common, baseMs: ms / value, ratio: value, low, high, verdict };
}

export function scored(
  metric: string,
  samples: number,
  value: number,
  change?: readonly [number, number, number],
  verdict?: NonNullable<Accuracy['verdict']>,
  more: Partial<Accuracy> = {},
): Accuracy {
  if (change === undefined || verdict === undefined) return { metric, value, samples };
  const [difference, low, high] = change;
  return {
    metric,
    value,
    base: value - difference,
    difference,
    low,
    high,
    samples,
    verdict,
    ...more,
  };
}
