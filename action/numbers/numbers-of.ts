/** A report as numbers: what the job that measured gives to the job that writes. */

import { DefectError, LimitError } from '../../shared/base/errors.ts';
import { METRIC_NAMES } from '../../shared/measure/metrics/metrics.ts';
import type {
  Accuracy,
  Latency,
  ModelReport,
  Report,
  VariantRow,
} from '../../shared/report/schema.ts';
import type { ModelChange } from '../changes/model-change.ts';
import { NUMBERS_MAX_BYTES } from '../inputs.ts';
import { digestOf } from '../post/markers.ts';
import { numbersSchema, OWN_METRIC } from './schema.ts';

/** 16 hexadecimal digits of where the model is, or was. */
export function modelKey({ head, base, name }: ModelChange): string {
  return digestOf((head ?? base)?.path ?? name);
}

/**
 * JSON of numbers and words of closed lists. Where all of it would be too long, rows that nobody judges are left out.
 * @throws LimitError where even that is too long
 */
export function numbersOf(report: Report, changes: readonly ModelChange[]): string {
  const whole = textOf(report, changes, () => true);
  if (Buffer.byteLength(whole) <= NUMBERS_MAX_BYTES) return whole;
  const judged = textOf(report, changes, isJudged);
  if (Buffer.byteLength(judged) <= NUMBERS_MAX_BYTES) return judged;
  throw new LimitError(
    `the numbers of ${report.models.length} models are too long for a job's output`,
    { hint: 'Split the configuration in two, each with its own workflow.' },
  );
}

function textOf(
  { machine, seconds, models }: Report,
  changes: readonly ModelChange[],
  takes: (row: VariantRow, model: ModelReport) => boolean,
): string {
  const numbers = numbersSchema.safeParse({
    version: 1,
    cores: machine.cores,
    seconds,
    models: models.flatMap((model) => {
      const change = changes.find(({ name }) => name === model.name);
      // What is gone has no numbers: the other job sees that itself.
      if (change?.head === undefined) return [];
      return [modelOf(model, modelKey(change), (row) => takes(row, model))];
    }),
  });
  if (numbers.success) return JSON.stringify(numbers.data, rounded);
  const [issue] = numbers.error.issues;
  throw new DefectError(
    `the report does not go into numbers: ${issue?.path.join('.')}: ${issue?.message}`,
  );
}

/** Nine digits are more than anything was measured to, and half as long as seventeen. */
const rounded = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(9)) : value;

/** The shipped row and those with budgets. */
function isJudged({ name }: VariantRow, { ship = 'float32', budgets = {} }: ModelReport): boolean {
  return name === ship || Object.hasOwn(budgets, name);
}

function modelOf(
  { code, reason, source, base, data, variants }: ModelReport,
  key: string,
  takes: (row: VariantRow) => boolean,
) {
  const { calibration, selection, evaluation, training, synthetic } = data;
  return {
    key,
    code: reason === undefined ? undefined : (code ?? 70),
    agrees: source.agrees,
    baseAgrees: base?.agrees,
    samples: { calibration, selection, evaluation, training, isSynthetic: synthetic },
    rows: variants.filter(takes).map(rowOf),
  };
}

function rowOf(row: VariantRow) {
  const { name, target, hardware, status, code, unmeasured, size, fidelity } = row;
  return {
    variant: name,
    target,
    hardware,
    status,
    code: status === 'done' ? undefined : code,
    isUnmeasured: unmeasured === undefined ? undefined : true,
    size: size && {
      bytes: size.bytes,
      base: size.base,
      parameters: size.parameters,
      baseParameters: size.baseParameters,
      ops: size.ops,
      baseOps: size.baseOps,
    },
    latency: row.latency && latencyOf(row.latency),
    accuracy: row.accuracy && accuracyOf(row.accuracy),
    fidelity:
      fidelity?.cosine === undefined
        ? undefined
        : { cosine: fidelity.cosine, isSynthetic: fidelity.synthetic === true },
  };
}

function latencyOf({
  ms,
  msLow,
  msHigh,
  baseMs,
  ratio,
  low,
  high,
  sessions,
  threads,
  verdict,
}: Latency) {
  const isPaired = verdict !== 'not-comparable';
  return { ms, msLow, msHigh, baseMs, ratio, low, high, sessions, threads, isPaired };
}

function accuracyOf(accuracy: Accuracy) {
  const { metric, higherIsBetter, value, valueLow, valueHigh, base } = accuracy;
  const { difference, low, high, samples, neededSamples } = accuracy;
  return {
    metric: METRIC_NAMES.includes(metric) ? metric : OWN_METRIC,
    higherIsBetter,
    value,
    valueLow,
    valueHigh,
    base,
    difference,
    low,
    high,
    samples,
    neededSamples,
  };
}
