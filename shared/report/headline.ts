/** The verdict of a model in one sentence that can be read without the table. */

import { formatScore, formatScoreDifference, metricKind } from './metric-kind.ts';
import { formatBytes, formatSpeed, threeDigits } from './numbers.ts';
import { MODEL_ROW, sizeRatio } from './row-facts.ts';
import type { ModelReport, Report, VariantRow, Verdict } from './schema.ts';

/** One word a verdict, for banners and badges. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  ok: 'OK',
  regressed: 'Regressed',
  inconclusive: 'Inconclusive',
  failed: 'Failed',
};

/** The recommended variant as built for this machine; nothing where none is recommended or made. */
export function recommendedRow(model: ModelReport): VariantRow | undefined {
  return madeRow(model, model.recommended);
}

/** The row whose file a reader wants: the recommended one, else the shipped one, else any that was made. */
export function usableRow(model: ModelReport): VariantRow | undefined {
  const any = model.variants.find((row) => row.status === 'done');
  return recommendedRow(model) ?? madeRow(model, model.ship ?? 'float32') ?? any;
}

/** The row that the verdict is about: one that broke its budget, else the usable one. */
export function leadingRow(model: ModelReport): VariantRow | undefined {
  const broken = model.gates?.find((gate) => gate.result === 'broken');
  return (broken && madeRow(model, broken.variant)) ?? usableRow(model);
}

/** Of several targets or hardwares the one that was timed. */
function madeRow(model: ModelReport, name: string | null | undefined): VariantRow | undefined {
  const rows = model.variants.filter((row) => row.name === name && row.status === 'done');
  return rows.find((row) => row.latency !== undefined) ?? rows[0];
}

/** Plain text, one to three short clauses; names are not escaped. */
export function headline(model: ModelReport): string {
  if (model.reason !== undefined) return model.reason;
  if (model.change === 'removed') return 'The model was removed.';
  if (model.source.agrees === false) return 'The check of the conversion failed.';
  if (model.base?.agrees === false) return 'The check of the base’s conversion failed.';
  const broken = model.gates?.filter((gate) => gate.result === 'broken') ?? [];
  if (broken.length > 0) {
    const metrics = [...new Set(broken.map((gate) => gate.metric))].join(', ');
    const variants = [...new Set(broken.map((gate) => gate.variant))]
      .map((name) => (name === MODEL_ROW ? 'The model' : name))
      .join(', ');
    const what = broken.every((gate) => gate.budget === undefined)
      ? `worse than the base in ${metrics}`
      : `over budget: ${metrics}`;
    return `${variants} is ${what}.`;
  }
  const row = leadingRow(model);
  if (row === undefined) return 'Nothing could be made of this model.';
  if (model.change === 'added') {
    return `New: ${[row.name, describeChanges(row)].filter((part) => part !== MODEL_ROW).join(', ')}.`;
  }
  if (model.verdict === 'failed')
    return `${model.ship ?? 'float32'} was to be shipped and could not be made.`;
  const changes = describeChanges(row);
  if (model.recommended === null) {
    const why =
      model.auto?.reason ?? (model.data.synthetic ? 'without data its accuracy is unknown' : '');
    return `No variant is recommended${why === '' ? '' : `: ${why}`}.`;
  }
  if (model.recommended !== undefined) {
    if (model.recommended === 'float32') {
      const why = model.auto?.reason ?? 'no smaller variant is as right and as fast';
      return `float32 is recommended: ${why}.`;
    }
    return `${row.name} is recommended: ${changes}.`;
  }
  if (changes === '') return `${row.name} is the only result.`;
  return row.name === MODEL_ROW ? `${capitalized(changes)}.` : `${row.name}: ${changes}.`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `63.5% smaller, 1.35× faster, the same accuracy (98.1%)`; empty when nothing was compared. */
export function describeChanges(row: VariantRow): string {
  const clauses = [sizeClause(row), latencyClause(row), accuracyClause(row)];
  return clauses.filter((clause) => clause !== undefined).join(', ');
}

/** The roll-up in words: `1 of 4 models regressed, 1 failed`. */
export function summary(report: Report): string {
  const total = report.models.length;
  const count = (verdict: Verdict): number =>
    report.models.filter((model) => model.verdict === verdict).length;
  if (total === 0) return 'No models.';
  const bad = (['failed', 'regressed', 'inconclusive'] as const)
    .filter((verdict) => count(verdict) > 0)
    .map((verdict) => `${count(verdict)} ${verdict}`);
  const models = total === 1 ? '1 model' : `${total} models`;
  return bad.length === 0
    ? `${models}, all OK.`
    : `${models}: ${bad.join(', ')}, ${count('ok')} OK.`;
}

function sizeClause({ size }: VariantRow): string | undefined {
  const ratio = sizeRatio(size);
  if (size === undefined) return undefined;
  if (ratio === undefined) return formatBytes(size.bytes);
  if (ratio >= 0.99 && ratio <= 1.01) return 'the same size';
  const percent = threeDigits(Math.abs(1 - ratio) * 100);
  return `${percent}% ${ratio < 1 ? 'smaller' : 'larger'}`;
}

function latencyClause({ latency }: VariantRow): string | undefined {
  switch (latency?.verdict) {
    case undefined:
    case 'not-comparable':
      return undefined;
    case 'same':
      return 'as fast';
    case 'inconclusive':
      return 'speed inconclusive';
    default:
      return latency?.ratio === undefined ? undefined : formatSpeed(latency.ratio);
  }
}

function accuracyClause({ accuracy, fidelity }: VariantRow): string | undefined {
  if (accuracy === undefined) {
    return fidelity?.synthetic === true ? 'accuracy unknown (no data)' : undefined;
  }
  const value = formatScore(accuracy, accuracy.value);
  const label = metricKind(accuracy).label;
  switch (accuracy.verdict) {
    case undefined:
      return `${label} ${value}`;
    case 'same':
      return `the same ${label} (${value})`;
    case 'inconclusive':
      return `${label} ${value}, too few samples to tell a change`;
    default: {
      const { difference } = accuracy;
      const change =
        difference === undefined ? '' : ` by ${formatScoreDifference(accuracy, difference)}`;
      return `${accuracy.verdict} ${label} (${value}${change === '' ? '' : `,${change.replace(' by', '')}`})`;
    }
  }
}
