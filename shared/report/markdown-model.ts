/** One model in a comment: its verdict, a table with a line a variant, gates, and notes folded away. */

import { headline, recommendedRow, VERDICT_WORDS } from './headline.ts';
import { code, prose } from './markdown-text.ts';
import { metricKind } from './metric-kind.ts';
import { formatBytes, formatCount } from './numbers.ts';
import {
  accuracyFact,
  bareInterval,
  type Fact,
  fidelityFact,
  fidelityTitle,
  gateLabel,
  latencyFact,
  rowLabel,
  sizeFact,
  worstGatesFirst,
} from './row-facts.ts';
import type { Gate, ModelReport, Report, VariantRow, Verdict } from './schema.ts';

/** How much of a model is said: one rung of the ladder. */
export interface ModelDetail {
  /** Rows of the table; the judged and the recommended ones come first. */
  readonly rows: number;
  readonly notes: boolean;
}

export const VERDICT_ICONS: Readonly<Record<Verdict, string>> = {
  ok: '✅',
  regressed: '❌',
  inconclusive: '⚠️',
  failed: '🛑',
};

/** Markdown blocks, to be joined by empty lines. */
export function modelBlocks(model: ModelReport, report: Report, detail: ModelDetail): string[] {
  const icon = VERDICT_ICONS[model.verdict];
  return [
    `### ${icon} ${code(model.name)} ${VERDICT_WORDS[model.verdict].toLowerCase()}`,
    prose(headline(model)),
    ...table(model, report, detail.rows),
    ...list(gateLines(model)),
    ...(detail.notes ? folded(model) : []),
  ].filter((block) => block !== '');
}

/** One line a model, for a comment that has no room for tables. */
export function modelLine(model: ModelReport): string {
  return `- ${VERDICT_ICONS[model.verdict]} ${code(model.name)} ${model.verdict}: ${prose(headline(model), 'line', 160)}`;
}

function table(model: ModelReport, report: Report, limit: number): string[] {
  const rows = byImportance(model).slice(0, limit);
  if (rows.length === 0) return [];
  const shown = model.variants.filter((row) => rows.includes(row));
  const isDiff = (report.comparison?.kind ?? 'variants') !== 'variants';
  const hasLatency = model.variants.some((row) => row.latency !== undefined);
  const last = lastColumn(model);
  const titles = [
    'variant',
    'size',
    ...(hasLatency ? [latencyTitle(model)] : []),
    ...last.titles,
    '',
  ];
  const lines = shown.map((row) => {
    const cells =
      row.status === 'done'
        ? [
            factCell(sizeFact(row.size), isDiff, false),
            ...(hasLatency ? [factCell(latencyFact(row.latency), isDiff, true)] : []),
            ...last.titles.map(() => factCell(last.fact(row), isDiff, true)),
          ]
        : [row.status, ...(hasLatency ? [''] : []), ...last.titles.map(() => '')];
    return [nameCell(row, model), ...cells, verdictCell(row, model)];
  });
  const rule = titles.map((_, i) => (i === 0 || i === titles.length - 1 ? ':--' : '--:'));
  const hidden = model.variants.length - shown.length;
  return [
    [titles, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n'),
    hidden > 0 ? `and ${formatCount(hidden)} more ${hidden === 1 ? 'variant' : 'variants'}` : '',
  ];
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

/** `123 kB → 45.0 kB, −63.4%`, with interval and word where they say something. */
function factCell(fact: Fact | undefined, isDiff: boolean, hasWord: boolean): string {
  if (fact === undefined) return '';
  const value = isDiff && fact.base !== undefined ? `${fact.base} → ${fact.value}` : fact.value;
  const change = [fact.change ?? '', bareInterval(fact.interval)].filter(Boolean).join(' ');
  const word = hasWord && fact.word !== undefined ? `**${fact.word}**` : undefined;
  return [value, change === '' ? undefined : change, word]
    .filter((part) => part !== undefined)
    .join('<br>');
}

const RESULT_ICONS: Readonly<Record<Gate['result'], string>> = {
  kept: '✅',
  broken: '❌',
  inconclusive: '⚠️',
  'not-measured': '➖',
};

function gateLines(model: ModelReport): string[] {
  return worstGatesFirst(model.gates ?? [])
    .slice(0, 20)
    .map((gate) => {
      const label = code(gateLabel(gate, model.variants));
      return `${RESULT_ICONS[gate.result]} ${label} ${prose(gate.sentence)}`;
    });
}

function folded(model: ModelReport): string[] {
  const lines: string[] = [];
  for (const row of model.variants) {
    const name = code(rowLabel(row, model.variants));
    if (row.reason !== undefined) lines.push(`${name} ${row.status}: ${prose(row.reason)}`);
    if (row.description !== undefined) lines.push(`${name} ${prose(row.description)}`);
    const needed = row.accuracy?.neededSamples;
    if (needed !== undefined) {
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
  const count = lines.length === 1 ? '1 note' : `${lines.length} notes`;
  return [`<details><summary>${count}</summary>`, ...list(lines), '</details>'];
}

function list(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [lines.map((line) => `- ${line}`).join('\n')];
}
