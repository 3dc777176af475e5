/** The table that a reviewer reads first: one row a model, base → head, and below it what needs eyes. */

import { headline, leadingRow, usableRow } from './headline.ts';
import {
  type CellOptions,
  factCell,
  RESULT_ICONS,
  tableOf,
  VERDICT_ICONS,
} from './markdown-cells.ts';
import { code, prose } from './markdown-text.ts';
import { metricKind } from './metric-kind.ts';
import { formatBytes } from './numbers.ts';
import {
  accuracyFact,
  fidelityFact,
  gateLabel,
  latencyFact,
  MODEL_ROW,
  rowLabel,
  sizeFact,
  worstGatesFirst,
} from './row-facts.ts';
import type { Gate, ModelReport, VariantRow } from './schema.ts';
import { whatDecides } from './what-decides.ts';

/** Models in the order given; `isShort` leaves out intervals, words and budgets. */
export function overviewTable(models: readonly ModelReport[], isShort: boolean): string {
  if (models.length === 0) return '';
  const rows = models.map((model) => ({ model, row: shownRow(model) }));
  const hasLatency = rows.some(({ row }) => row?.latency !== undefined);
  const hasAccuracy = rows.some(({ row }) => row !== undefined && accuracyCell(row, {}) !== '');
  const titles = [
    '',
    'model',
    'size',
    ...(hasLatency ? ['latency'] : []),
    ...(hasAccuracy ? ['accuracy'] : []),
  ];
  const rule = titles.map((_, index) => (index < 2 ? ':--' : '--:'));
  const lines = rows.map(({ model, row }) => {
    const options = (metric: Gate['metric']): Partial<CellOptions> => ({
      isShort,
      gate: row && gateOf(model, row, metric),
    });
    return [
      modelIcon(model),
      nameCell(model, row, isShort),
      sizeCell(model, row, options('size')),
      ...(hasLatency ? [latencyCell(row, options('latency'))] : []),
      ...(hasAccuracy ? [row ? accuracyCell(row, options('accuracy')) : ''] : []),
    ];
  });
  return tableOf(titles, rule, lines);
}

/** What is broken, failed or undecided, worst first, at most `limit` lines and how many are left out. */
export function concerns(models: readonly ModelReport[], limit: number): string {
  const lines = models.flatMap((model) => concernsOf(model));
  const hidden = lines.length - limit;
  const shown = hidden > 0 ? [...lines.slice(0, limit), `and ${hidden} more`] : lines;
  return shown.map((line) => `- ${line}`).join('\n');
}

function concernsOf(model: ModelReport): string[] {
  const name = code(model.name);
  if (model.verdict === 'ok') return [];
  const gates = worstGatesFirst(model.gates ?? []).flatMap((gate) => {
    const row = rowOf(model, gate);
    const isOpen = row?.verdict === 'inconclusive' && gate.result === 'not-measured';
    if (gate.result !== 'broken' && gate.result !== 'inconclusive' && !isOpen) return [];
    return [
      `${RESULT_ICONS[gate.result]} ${name} ${variantOf(gate, model)}${sentenceOf(gate, row)}`,
    ];
  });
  const unmeasured = model.variants.flatMap((row) =>
    row.unmeasured === undefined || row.verdict !== 'inconclusive'
      ? []
      : [
          `${VERDICT_ICONS.inconclusive} ${name} ${code(rowLabel(row, model.variants))} ${prose(row.unmeasured)}`,
        ],
  );
  const lines = [...gates, ...unmeasured];
  if (lines.length > 0 && model.verdict !== 'failed') return lines;
  return [`${VERDICT_ICONS[model.verdict]} ${name} ${prose(headline(model))}`, ...lines];
}

/** The verdict's; what is gone was not judged. */
export function modelIcon({ change, verdict }: ModelReport): string {
  return change === 'removed' ? '➖' : VERDICT_ICONS[verdict];
}

/** The gate's own sentence, and what would decide it. */
export function sentenceOf(gate: Gate, row: VariantRow | undefined): string {
  const deciding = row && whatDecides(gate, row);
  return prose(gate.sentence) + (deciding === undefined ? '' : `; ${prose(deciding)}`);
}

/** The gate's row: name, target and hardware are its key. */
export function rowOf(model: ModelReport, gate: Gate): VariantRow | undefined {
  return model.variants.find(
    ({ name, target, hardware }) =>
      name === gate.variant && target === gate.target && hardware === gate.hardware,
  );
}

function gateOf(model: ModelReport, row: VariantRow, metric: Gate['metric']): Gate | undefined {
  return model.gates?.find((gate) => gate.metric === metric && rowOf(model, gate) === row);
}

/** One that broke its budget, else one that is undecided, else the shipped or recommended one. */
function shownRow(model: ModelReport): VariantRow | undefined {
  if (model.verdict !== 'inconclusive') return leadingRow(model) ?? usableRow(model);
  const open = model.variants.find((row) => row.verdict === 'inconclusive');
  return open ?? usableRow(model);
}

function variantOf(gate: Gate, { variants }: ModelReport): string {
  return gate.variant === MODEL_ROW ? '' : `${code(gateLabel(gate, variants))} `;
}

function nameCell(model: ModelReport, row: VariantRow | undefined, isShort: boolean): string {
  const variant =
    row === undefined || row.name === MODEL_ROW ? '' : code(rowLabel(row, model.variants), 'cell');
  const lines = [code(model.name, 'cell'), [variant, changeOf(model)].filter(Boolean).join(', ')];
  return lines.filter((line) => line !== '').join(isShort ? ' ' : '<br>');
}

function changeOf({ change, source, base, variants, reason }: ModelReport): string {
  if (change === 'added') return 'new';
  if (change === 'removed') return 'removed';
  if (reason !== undefined && variants.length === 0) return 'unreadable';
  const isMoved = base !== undefined && base.path !== source.path;
  return isMoved ? `was ${code(base.path, 'cell', 60)}` : '';
}

/** Of a model without rows the bytes that are known: what was removed, what cannot be read. */
function sizeCell(
  { change, source, base }: ModelReport,
  row: VariantRow | undefined,
  options: Partial<CellOptions>,
): string {
  if (row !== undefined && row.status === 'done') {
    return factCell(sizeFact(row.size), { hasBase: true, hasWord: false, ...options });
  }
  const bytes = (count: number | undefined): string =>
    count === undefined ? '–' : formatBytes(count).replaceAll(' ', '\u00a0');
  if (change === 'removed') return `${bytes(base?.bytes ?? source.bytes)} → –`;
  return base === undefined ? bytes(source.bytes) : `${bytes(base.bytes)} → ${bytes(source.bytes)}`;
}

function latencyCell(row: VariantRow | undefined, options: Partial<CellOptions>): string {
  return factCell(latencyFact(row?.latency), { hasBase: true, hasWord: true, ...options });
}

/** The metric is named, because models differ in it; without one the cosine with the float model. */
function accuracyCell({ accuracy, fidelity }: VariantRow, options: Partial<CellOptions>): string {
  if (accuracy === undefined) {
    const title = fidelity?.synthetic ? 'cosine, synthetic inputs' : 'cosine';
    return factCell(fidelityFact(fidelity), { hasBase: false, hasWord: false, ...options, title });
  }
  const { label } = metricKind(accuracy);
  const title = label === accuracy.metric ? code(label, 'cell', 30) : label;
  return factCell(accuracyFact(accuracy), { hasBase: true, hasWord: true, ...options, title });
}
