/** One model in a comment, folded: a table with a line a variant, its budgets, and notes. */

import { headline, recommendedRow } from './headline.ts';
import { factCell, RESULT_ICONS, tableOf, VERDICT_ICONS } from './markdown-cells.ts';
import { modelIcon, rowOf, sentenceOf } from './markdown-overview.ts';
import { code, prose } from './markdown-text.ts';
import { metricKind } from './metric-kind.ts';
import { formatBytes, formatCount } from './numbers.ts';
import {
  accuracyFact,
  type Fact,
  fidelityFact,
  fidelityTitle,
  gateLabel,
  latencyFact,
  rowLabel,
  sizeFact,
  worstGatesFirst,
} from './row-facts.ts';
import type { ModelReport, VariantRow } from './schema.ts';
import { shownName } from './visible-text.ts';

/** How much of a model is said: one rung of the ladder. */
export interface ModelDetail {
  /** Rows of the table; the judged and the recommended ones come first. */
  readonly rows: number;
  readonly notes: boolean;
  /** Unfolded, with bars: a page of its own has the room. */
  readonly isOpen?: boolean;
  readonly bars?: boolean;
  /** Default true. */
  readonly hasHeadline?: boolean;
}

/**
 * A model's variants, budgets and notes, folded behind its name: blocks to be joined by empty lines. `hasBase`: rows
 * show base → head.
 */
export function modelDetails(model: ModelReport, hasBase: boolean, detail: ModelDetail): string[] {
  const inside = [
    ...table(model, hasBase, detail.rows),
    ...(detail.bars ? sizeBars(model) : []),
    ...list(gateLines(model)),
    ...(detail.notes ? notes(model) : []),
  ].filter((block) => block !== '');
  if (inside.length === 0) return [];
  // A summary is HTML, in which Markdown is not read.
  const name = `<code>${escapeHtml(shownName(model.name))}</code>`;
  const count = model.variants.length;
  const variants =
    count === 0 ? '' : `: ${formatCount(count)} ${count === 1 ? 'variant' : 'variants'}`;
  const open = detail.isOpen === true ? '<details open>' : '<details>';
  return [
    `${open}<summary>${modelIcon(model)} ${name}${variants}</summary>`,
    // A reason stands above already, among what is broken.
    model.reason === undefined && detail.hasHeadline !== false ? prose(headline(model)) : '',
    ...inside,
    '</details>',
  ].filter((block) => block !== '');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function table(model: ModelReport, hasBase: boolean, limit: number): string[] {
  const rows = byImportance(model).slice(0, limit);
  if (rows.length === 0) return [];
  const shown = model.variants.filter((row) => rows.includes(row));
  const hasLatency = model.variants.some((row) => row.latency !== undefined);
  const last = lastColumn(model);
  const verdicts = shown.map((row) => verdictCell(row, model));
  const isJudged = verdicts.some((cell) => cell !== '');
  const titles = [
    'variant',
    'size',
    ...(hasLatency ? [latencyTitle(model)] : []),
    ...last.titles,
    ...(isJudged ? [''] : []),
  ];
  const lines = shown.map((row, index) => {
    const cells =
      row.status === 'done'
        ? [
            factCell(sizeFact(row.size), { hasBase, hasWord: false }),
            ...(hasLatency ? [factCell(latencyFact(row.latency), { hasBase, hasWord: true })] : []),
            ...last.titles.map(() => factCell(last.fact(row), { hasBase, hasWord: true })),
          ]
        : [row.status, ...(hasLatency ? [''] : []), ...last.titles.map(() => '')];
    return [nameCell(row, model), ...cells, ...(isJudged ? [verdicts[index] ?? ''] : [])];
  });
  const rule = titles.map((title, i) => (i === 0 || title === '' ? ':--' : '--:'));
  const hidden = model.variants.length - shown.length;
  return [
    tableOf(titles, rule, lines),
    hidden > 0 ? `and ${formatCount(hidden)} more ${hidden === 1 ? 'variant' : 'variants'}` : '',
  ];
}

/** Sizes as bars of block characters, the largest one full: a picture that needs no image. */
function sizeBars(model: ModelReport): string[] {
  const rows = model.variants.flatMap((row) =>
    row.size === undefined || row.status !== 'done' ? [] : [{ row, bytes: row.size.bytes }],
  );
  const largest = Math.max(...rows.map(({ bytes }) => bytes));
  if (rows.length < 2 || largest === 0) return [];
  const lines = rows.map(({ row, bytes }) => [
    code(rowLabel(row, model.variants), 'cell'),
    `${bar(bytes / largest)} ${formatBytes(bytes).replaceAll(' ', '\u00a0')}`,
  ]);
  return [tableOf(['variant', 'bytes'], [':--', ':--'], lines)];
}

const BAR_CELLS = 24;

/** Eighths of a cell at the end; never nothing, because nothing was measured to be nothing. */
function bar(fraction: number): string {
  const eighths = Math.max(1, Math.round(fraction * BAR_CELLS * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + ['', ...'▏▎▍▌▋▊▉'][eighths % 8];
}

/** Judged badly, then shipped and recommended, then as they stand. */
function byImportance(model: ModelReport): VariantRow[] {
  const rank = (row: VariantRow): number => {
    if (row.verdict === 'regressed' || row.verdict === 'failed') return 0;
    if (row.verdict === 'inconclusive') return 1;
    if (row.name === (model.ship ?? 'float32') || row.name === model.recommended) return 2;
    return 3;
  };
  return model.variants.toSorted((a, b) => rank(a) - rank(b));
}

/** The accuracy; where there is none, the fidelity; else nothing. */
function lastColumn(model: ModelReport): {
  readonly titles: readonly string[];
  readonly fact: (row: VariantRow) => Fact | undefined;
} {
  const { accuracy } = model.variants.find((row) => row.accuracy !== undefined) ?? {};
  if (accuracy !== undefined) {
    const { label } = metricKind(accuracy);
    const name = label === accuracy.metric ? code(label, 'cell', 30) : label;
    const title = `${name}, ${formatCount(accuracy.samples)} samples`;
    return { titles: [title], fact: (row) => accuracyFact(row.accuracy) };
  }
  const title = fidelityTitle(model.variants);
  return {
    titles: title === undefined ? [] : [title],
    fact: (row) => fidelityFact(row.fidelity),
  };
}

function latencyTitle(model: ModelReport): string {
  const threads = model.variants.find((row) => row.latency !== undefined)?.latency?.threads;
  return threads === 1 ? 'latency, 1 thread' : `latency, ${threads} threads`;
}

function nameCell(row: VariantRow, model: ModelReport): string {
  const star = row === recommendedRow(model) ? ' ★' : '';
  return code(rowLabel(row, model.variants), 'cell') + star;
}

/** Rows that gate nothing have no verdict of their own: a slower variant is a row that says so. */
function verdictCell({ name, verdict }: VariantRow, model: ModelReport): string {
  const isJudged = verdict !== 'ok' || model.gates?.some((gate) => gate.variant === name) === true;
  return isJudged ? `${VERDICT_ICONS[verdict]} ${verdict}` : '';
}

function gateLines(model: ModelReport): string[] {
  return worstGatesFirst(model.gates ?? [])
    .slice(0, 20)
    .map((gate) => {
      const label = code(gateLabel(gate, model.variants));
      return `${RESULT_ICONS[gate.result]} ${label} ${sentenceOf(gate, rowOf(model, gate))}`;
    });
}

/** Behind a word of its own: two lists in a row would be one. */
function notes(model: ModelReport): string[] {
  const lines = noteLines(model);
  return lines.length === 0 ? [] : ['Notes:', ...list(lines)];
}

function noteLines(model: ModelReport): string[] {
  const lines: string[] = [];
  for (const row of model.variants) {
    const name = code(rowLabel(row, model.variants));
    if (row.reason !== undefined) lines.push(`${name} ${row.status}: ${prose(row.reason)}`);
    if (row.description !== undefined) lines.push(`${name} ${prose(row.description)}`);
    const needed = row.accuracy?.neededSamples;
    const isJudged = model.gates?.some((gate) => rowOf(model, gate) === row) === true;
    if (needed !== undefined && !isJudged) {
      lines.push(`${name} about ${formatCount(needed)} samples would decide the accuracy`);
    }
    for (const note of row.notes) lines.push(`${name} ${prose(note)}`);
  }
  const { source, data } = model;
  const bytes = source.bytes === undefined ? '' : `, ${formatBytes(source.bytes)}`;
  lines.push(`source ${code(source.path)}${bytes}, ${prose(source.verified)}`);
  const { base } = model;
  if (base) {
    const size = base.bytes === undefined ? '' : `, ${formatBytes(base.bytes)}`;
    lines.push(`base ${code(base.path)}${size}, ${prose(base.verified)}`);
  }
  const counts = (['training', 'calibration', 'selection', 'evaluation'] as const)
    .filter((part) => data[part] !== undefined)
    .map((part) => `${part} ${formatCount(data[part] ?? 0)}`);
  const samples = `${data.synthetic ? 'synthetic ' : ''}samples: ${counts.join(', ')}`;
  if (counts.length > 0) lines.push(samples);
  for (const note of [...(data.notes ?? []), ...(model.notes ?? [])]) lines.push(prose(note));
  return lines;
}

function list(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [lines.map((line) => `- ${line}`).join('\n')];
}
