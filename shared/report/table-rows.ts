/** The lines of one model's table, in the widest layout that the terminal has room for. */

import type picocolors from 'picocolors';
import { alignColumns, type Cell, widthOf } from './columns.ts';
import { recommendedRow } from './headline.ts';
import { metricKind } from './metric-kind.ts';
import {
  accuracyFact,
  accuracyTitle,
  bareInterval,
  type Fact,
  fidelityFact,
  fidelityTitle,
  latencyFact,
  rowLabel,
  sizeFact,
  type Tone,
} from './row-facts.ts';
import type { ModelReport, Report, VariantRow, Verdict } from './schema.ts';
import { shownName } from './visible-text.ts';

export type Colors = ReturnType<typeof picocolors.createColors>;

interface Layout {
  /** Show intervals, and a plain word beside the arrow. */
  readonly interval: boolean;
  readonly word: boolean;
  /** Whole percents, no units on changes, one space between columns: what 60 columns hold. */
  readonly compact: boolean;
  /** Longest name, where names that are cut can still be told apart. */
  readonly name: number;
  /** The title of fidelities is one word, and the line below says on what they were taken. */
  readonly shortTitle: boolean;
}

/** Widest first; a title is shortened before numbers are left out. */
const LAYOUTS: readonly Layout[] = [
  { interval: true, word: true, compact: false, name: 40 },
  { interval: false, word: true, compact: false, name: 24 },
  { interval: false, word: false, compact: false, name: 20 },
  { interval: false, word: false, compact: true, name: 20 },
  { interval: false, word: false, compact: true, name: 13 },
].flatMap((layout) => [
  ...(layout.compact ? [] : [{ ...layout, shortTitle: false }]),
  { ...layout, shortTitle: true },
]);

/** Header and rows; one measurement a line where not even the narrowest layout fits. */
export function tableLines(
  model: ModelReport,
  report: Report,
  width: number,
  colors: Colors,
): string[] {
  const isDiff = (report.comparison?.kind ?? 'variants') !== 'variants';
  for (const layout of LAYOUTS) {
    const labels = shortLabels(model.variants, layout.name);
    const body = model.variants.map((row, index) =>
      rowCells(row, labels[index] ?? row.name, model, isDiff, layout, colors),
    );
    const lines = alignColumns([headerCells(model, layout), ...body], layout.compact ? 1 : 2);
    if (widthOf(lines) > width) continue;
    const legend = legendOf(model, layout);
    const [header = '', ...rest] = lines;
    return [header, ...rest, ...legend].map((line, i) =>
      i === 0 || i > rest.length ? colors.dim(line) : line,
    );
  }
  return model.variants.flatMap((row) => stacked(row, model, width, colors));
}

/** The icon of a verdict; the word stands beside it, so that colour never carries it alone. */
export function verdictMark(verdict: Verdict, colors: Colors): string {
  switch (verdict) {
    case 'ok':
      return colors.green('✓');
    case 'regressed':
      return colors.red('✕');
    case 'inconclusive':
      return colors.yellow('?');
    case 'failed':
      return colors.red('!');
  }
}

function headerCells(model: ModelReport, layout: Layout): Cell[] {
  const { compact } = layout;
  const { latency } = model.variants.find((row) => row.latency !== undefined) ?? {};
  const threads = latency?.threads === 1 ? '1 thread' : `${latency?.threads} threads`;
  const lead = compact ? ' ' : '';
  const title = compact ? 'latency' : `latency (${threads})`;
  return [
    { text: '' },
    { text: 'variant' },
    { text: `${lead}size`, span: 2 },
    { text: latency === undefined ? '' : lead + title, span: 4 },
    { text: lead + lastTitle(model, layout), span: 4 },
  ];
}

/** What signs and short titles stand for. */
function legendOf({ variants }: ModelReport, { word, shortTitle }: Layout): string[] {
  const title = variants.some((row) => row.accuracy !== undefined)
    ? undefined
    : fidelityTitle(variants);
  const parts = [
    ...(word ? [] : ['≈ same, ? inconclusive']),
    ...(shortTitle && title !== undefined && title !== SHORT_TITLE ? [title] : []),
  ];
  return parts.length === 0 ? [] : [`  ${parts.join('; ')}`];
}

const SHORT_TITLE = 'cosine';

/** The metric and its samples; where there is no accuracy, that the column is the fidelity. */
function lastTitle(model: ModelReport, { compact, shortTitle }: Layout): string {
  const { accuracy } = model.variants.find((row) => row.accuracy !== undefined) ?? {};
  if (accuracy === undefined) {
    const title = fidelityTitle(model.variants) ?? '';
    return shortTitle && title !== '' ? SHORT_TITLE : title;
  }
  if (!compact) return shownName(accuracyTitle(model.variants) ?? '', 40);
  const { label, fraction } = metricKind(accuracy);
  return shownName(fraction ? `${label} (pp)` : label, 14);
}

/** Cut to `max`, unless two rows would then read alike: target and hardware stand where names are cut. */
function shortLabels(rows: readonly VariantRow[], max: number): string[] {
  const full = rows.map((row) => shownName(rowLabel(row, rows)));
  const short = full.map((label) => shownName(label, max));
  return new Set(short).size < new Set(full).size ? full : short;
}

function rowCells(
  row: VariantRow,
  label: string,
  model: ModelReport,
  isDiff: boolean,
  layout: Layout,
  colors: Colors,
): Cell[] {
  const isBold = row === recommendedRow(model);
  const name = [
    { text: rowMark(row, model, colors) },
    { text: isBold ? colors.bold(label) : label },
  ];
  if (row.status !== 'done') {
    const paint = row.status === 'failed' ? colors.red : colors.dim;
    return [...name, { text: paint((layout.compact ? ' ' : '') + row.status), span: 2 }];
  }
  const hasAccuracy = model.variants.some((other) => other.accuracy !== undefined);
  const right = hasAccuracy ? accuracyFact(row.accuracy) : fidelityFact(row.fidelity);
  const cells = (fact: Fact | undefined): Cell[] => factCells(fact, isDiff, layout, colors);
  return [
    ...name,
    ...cells(withoutWord(sizeFact(row.size))).slice(0, 2),
    ...cells(latencyFact(row.latency)),
    ...cells(right),
  ];
}

/** Bytes are exact: an arrow says enough. */
function withoutWord(fact: Fact | undefined): Fact | undefined {
  if (fact === undefined) return undefined;
  const { word: _, ...rest } = fact;
  return rest;
}

/** Value, change, interval and word; what the layout leaves out is empty and takes no room. */
function factCells(
  fact: Fact | undefined,
  isDiff: boolean,
  layout: Layout,
  colors: Colors,
): Cell[] {
  if (fact === undefined) return [{ text: '' }, { text: '' }, { text: '' }, { text: '' }];
  const paint = painter(fact.tone, colors);
  const hasWord = layout.word && fact.word !== undefined;
  const change = layout.compact ? compactChange(fact.change) : (fact.change ?? '');
  const arrow = hasWord ? '' : (fact.arrow ?? '');
  const gap = arrow === '' || change === '' || layout.compact ? '' : ' ';
  const value = isDiff && fact.base !== undefined ? `${fact.base} → ${fact.value}` : fact.value;
  const word = hasWord ? [fact.arrow ?? '', fact.word].join(' ').trim() : '';
  return [
    { text: (layout.compact ? ' ' : '') + value, align: 'right' },
    { text: paint(arrow + gap + change), align: 'right' },
    {
      text: layout.interval ? painter('none', colors)(bareInterval(fact.interval)) : '',
      align: 'right',
    },
    { text: paint(word) },
  ];
}

/** `−63.4%` → `−63%`, `−0.8 pp` → `−0.8`. */
function compactChange(change = ''): string {
  const percent = /^([+−])(\d+)\.(\d)%$/.exec(change);
  if (percent === null) return change.replace(' pp', '');
  const [, sign = '', whole = '', tenth = ''] = percent;
  return whole.length === 1
    ? `${sign}${whole}.${tenth}%`
    : `${sign}${Math.round(Number(`${whole}.${tenth}`))}%`;
}

function stacked(row: VariantRow, model: ModelReport, width: number, colors: Colors): string[] {
  const label = shownName(rowLabel(row, model.variants), width - 4);
  const name = `${rowMark(row, model, colors)} ${label}`;
  if (row.status !== 'done') return [`${name} ${row.status}`];
  const line = (title: string, fact: Fact | undefined): string[] => {
    if (fact === undefined) return [];
    const paint = painter(fact.tone, colors);
    const judged = [fact.change, fact.word].flatMap((part) =>
      part === undefined ? [] : [paint(part)],
    );
    return [`    ${[title, fact.value, ...judged].join(' ')}`];
  };
  const accuracy = line('accuracy', accuracyFact(row.accuracy));
  return [
    name,
    ...line('size', sizeFact(row.size)),
    ...line('latency', latencyFact(row.latency)),
    ...(accuracy.length > 0
      ? accuracy
      : line(fidelityTitle([row]) ?? '', fidelityFact(row.fidelity))),
  ];
}

function rowMark(row: VariantRow, model: ModelReport, colors: Colors): string {
  if (row.verdict !== 'ok') return verdictMark(row.verdict, colors);
  return row === recommendedRow(model) ? colors.green('★') : ' ';
}

/** Nothing stays nothing: escape sequences around it would keep an empty column alive. */
function painter(tone: Tone, colors: Colors): (text: string) => string {
  const paint = {
    good: colors.green,
    bad: colors.red,
    unsure: colors.yellow,
    same: colors.dim,
    none: colors.dim,
  }[tone];
  return (text) => (text === '' ? '' : paint(text));
}
