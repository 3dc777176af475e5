/**
 * Numbers as a report: names, paths and budgets are those of the base branch and of GitHub, every verdict is made anew.
 *
 * A stranger may still have made the numbers up. What they cannot do is speak: say another model's name, another
 * budget, another verdict than the numbers give, or anything at all.
 */

import { verdictOf as accuracyVerdict } from '../../shared/measure/accuracy/judge.ts';
import { verdictOf as latencyVerdict } from '../../shared/measure/latency/judge.ts';
import { METRIC_NAMES } from '../../shared/measure/metrics/metrics.ts';
import { comparedVariants } from '../../shared/pipeline/compared-variants.ts';
import { resolveJob } from '../../shared/pipeline/job.ts';
import { judgeReport, type ModelDraft, type RowDraft } from '../../shared/report/gate.ts';
import { metricKind } from '../../shared/report/metric-kind.ts';
import { refusedModel, removedModel } from '../../shared/report/model-drafts.ts';
import { MODEL_ROW } from '../../shared/report/row-facts.ts';
import type { Accuracy, Comparison, Latency, Report } from '../../shared/report/schema.ts';
import { bytesOf, type ModelChange } from '../changes/model-change.ts';
import { modelKey } from './numbers-of.ts';
import { type NumbersModel, type NumbersRow, parseNumbers } from './schema.ts';

export interface ReportFacts {
  /** What may have changed, found without opening a model; of those that are not configured the numbers tell which are models. */
  readonly changes: readonly ModelChange[];
  readonly comparison: Omit<Comparison, 'kind'>;
  readonly tool: Report['tool'];
  readonly startedAt: string;
}

/** @throws InputError for anything but numbers, and for settings that are wrong */
export function reportOf(
  text: string,
  { changes, comparison, tool, startedAt }: ReportFacts,
): Report {
  const { cores, seconds, models } = parseNumbers(text);
  const byKey = new Map(models.map((model) => [model.key, model]));
  return judgeReport({
    tool,
    machine: { cpu: 'the runner that measured', features: [], cores },
    startedAt,
    seconds,
    comparison: { kind: 'models', ...comparison },
    models: changes.flatMap((change) => draftOf(change, byKey.get(modelKey(change)))),
  });
}

function draftOf(change: ModelChange, numbers: NumbersModel | undefined): ModelDraft[] {
  const { name, head, base, isConfigured } = change;
  if (head === undefined) {
    const path = base?.path ?? name;
    return [removedModel({ name, path, bytes: base && bytesOf(base) })];
  }
  const { path } = head;
  const added = change.status === 'added' ? { change: 'added' as const } : {};
  if (numbers === undefined) {
    // What only looks like a model by its name may be none.
    if (!isConfigured) return [];
    const reason = `it was not measured: ${SEE_LOG}`;
    return [{ ...refusedModel({ name, path, reason, code: 70 }), ...added }];
  }
  const judged = judgedBy(change);
  if (numbers.code !== undefined) {
    const reason = `${REASONS[numbers.code]}: ${SEE_LOG}`;
    return [{ ...refusedModel({ name, path, reason, code: numbers.code, ...judged }), ...added }];
  }
  const { isSynthetic, ...counts } = numbers.samples;
  return [
    {
      name,
      change: change.status === 'added' ? 'added' : 'changed',
      ...judged,
      source: sourceOf(change, 'head', numbers.agrees),
      ...(base && { base: sourceOf(change, 'base', numbers.baseAgrees) }),
      data: { synthetic: isSynthetic, ...present(counts) },
      variants: numbers.rows.map((row) => rowDraft(row, change)),
    },
  ];
}

const SEE_LOG = 'the log of the job that measured says why';
const REASONS = {
  2: 'the model, its data or its settings were refused',
  3: 'something in it is not supported',
  4: 'a limit of time, memory or size was hit',
  70: 'Fettle itself failed',
} as const satisfies Record<NonNullable<NumbersModel['code']>, string>;

/** What is shipped and which budgets hold, by the settings of the base branch. */
function judgedBy({ name, settings, folder, base, where = 'fettle.yml' }: ModelChange) {
  const { ship, budgets } = resolveJob({
    name,
    source: name,
    folder,
    settings: { ...settings, variants: comparedVariants(settings), targets: ['onnx'] },
    where: () => where,
  });
  // Two states of a model are compared as they are, in a row of its own.
  const rowOf = (variant: string): string =>
    base !== undefined && variant === 'float32' ? MODEL_ROW : variant;
  const own = Object.entries(budgets).map(([variant, limits]) => [rowOf(variant), { ...limits }]);
  return { ship: rowOf(ship), ...(own.length > 0 && { budgets: Object.fromEntries(own) }) };
}

function sourceOf(
  { head, base, name }: ModelChange,
  side: 'head' | 'base',
  agrees: boolean | undefined,
): ModelDraft['source'] {
  const files = side === 'head' ? head : base;
  return {
    path: files?.path ?? name,
    format: 'unknown',
    ...(files && { bytes: bytesOf(files) }),
    verified: agrees === false ? 'the check of the conversion failed' : 'not verified here',
    ...(agrees === undefined ? {} : { agrees }),
  };
}

function rowDraft(row: NumbersRow, change: ModelChange): RowDraft {
  const { variant: name, target, hardware, status, code, isUnmeasured, fidelity } = row;
  const common = { name, target, hardware, status, notes: [] };
  if (status !== 'done') {
    const reason = `${code === undefined ? 'it was not made' : REASONS[code]}: ${SEE_LOG}`;
    return { ...common, reason, ...(code === undefined ? {} : { code }) };
  }
  const size = sizeOf(row, change);
  return {
    ...common,
    ...(isUnmeasured && { unmeasured: `its outputs could not be computed: ${SEE_LOG}` }),
    ...(size && { size }),
    ...(row.latency && { latency: latencyOf(row.latency) }),
    ...(row.accuracy && { accuracy: accuracyOf(row.accuracy, change) }),
    ...(fidelity && { fidelity: { cosine: fidelity.cosine, synthetic: fidelity.isSynthetic } }),
  };
}

/** Of the model as it is the files tell, whatever the numbers say. */
function sizeOf({ variant, size }: NumbersRow, { head, base }: ModelChange): RowDraft['size'] {
  const isOwn = variant === MODEL_ROW && head !== undefined;
  if (size === undefined && !isOwn) return undefined;
  const { bytes: given = 0, base: givenBase, ...counts } = size ?? { bytes: 0 };
  const bytes = isOwn ? bytesOf(head) : given;
  const before = isOwn && base ? bytesOf(base) : givenBase;
  return {
    bytes,
    ...(before === undefined ? {} : { base: before }),
    ...(before ? { ratio: bytes / before } : {}),
    ...present(counts),
  };
}

function latencyOf({ isPaired, ...numbers }: NonNullable<NumbersRow['latency']>): Latency {
  const { ms, sessions, threads, ...rest } = numbers;
  const { low, high } = rest;
  const isJudged = low !== undefined && high !== undefined;
  const verdict = isJudged ? latencyVerdict(low, high) : isPaired ? undefined : 'not-comparable';
  return {
    ms,
    sessions,
    threads,
    shapes: {},
    ...present(rest),
    ...(verdict === undefined ? {} : { verdict }),
  };
}

/** Which metric it is, and which direction is better, the configuration says where it says so. */
function accuracyOf(
  { metric: given, higherIsBetter, value, samples, ...rest }: NonNullable<NumbersRow['accuracy']>,
  { settings }: ModelChange,
): Accuracy {
  const { base, low, high } = rest;
  const metric = settings.data?.metric ?? given;
  const isOwn = !METRIC_NAMES.includes(metric);
  const direction = isOwn && higherIsBetter !== undefined ? { higherIsBetter } : {};
  const named: Accuracy = { metric, ...direction, value, samples, ...present(rest) };
  if (base === undefined || low === undefined || high === undefined) return named;
  const isHigherBetter = metricKind(named).higherIsBetter;
  const kind = { higherIsBetter: isHigherBetter, isErrorMetric: !isHigherBetter };
  return { ...named, verdict: accuracyVerdict(kind, base, low, high) };
}

type Present<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** Without what is absent. */
function present<T extends object>(value: T): Present<T> {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries) as Present<T>;
}
