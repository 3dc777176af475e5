/** The report on a terminal: one block a model, the verdict at its head, one line a variant. */

import picocolors from 'picocolors';
import { wrapWords } from './columns.ts';
import { durationText } from './duration-text.ts';
import { headline, summary, VERDICT_WORDS } from './headline.ts';
import { machineText } from './machine-text.ts';
import { formatBytes, formatCount } from './numbers.ts';
import { isConverted, proofText } from './proof-text.ts';
import { gateLabel, rowLabel } from './row-facts.ts';
import type { ModelReport, Report } from './schema.ts';
import { type Colors, tableLines, verdictMark } from './table-rows.ts';
import { shownName, visibleText } from './visible-text.ts';

export interface TableOptions {
  /** Columns of the terminal; 100 where it is not one. Laid out for 60 and more. */
  readonly width?: number;
  /** Default: what NO_COLOR, FORCE_COLOR, --no-color and the terminal say. */
  readonly color?: boolean;
}

/** The whole report, lines joined by newlines, with a final one. */
export function renderTable(report: Report, options: TableOptions = {}): string {
  const width = Math.max(40, options.width ?? 100);
  const colors = picocolors.createColors(options.color ?? picocolors.isColorSupported);
  const blocks = [
    compared(report, width),
    ...report.models.map((model) => modelLines(model, report, width, colors)),
    footer(report, width, colors),
  ];
  const filled = blocks.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** What with what, where the base is another model or report. */
function compared({ comparison }: Report, width: number): string[] {
  const { base, head } = comparison ?? {};
  if (base === undefined) return [];
  const states = [base, head].flatMap((state) =>
    state === undefined ? [] : [shownName(state.label, Math.floor(width / 2) - 8)],
  );
  return [`base → head: ${states.join(' → ')}`];
}

function modelLines(model: ModelReport, report: Report, width: number, colors: Colors): string[] {
  const { source } = model;
  const size = source.bytes === undefined ? '' : `, ${formatBytes(source.bytes)}`;
  const name = shownName(model.name, width - 30);
  const about = `${shownName(source.format, 12)}${size}`;
  const verdict = VERDICT_WORDS[model.verdict];
  const proof = model.reason === undefined ? visibleText(proofText(source)) : '';
  // The verdict's mark and the spaces between take five columns; what does not fit stands below.
  const fits = [name, about, verdict, proof].join('').length + 5 <= width;
  const first = `${colors.bold(name)} ${colors.dim(about + (fits ? proof : ''))}  ${verdictMark(model.verdict, colors)} ${colors.bold(verdict)}`;
  const rows = model.variants.length === 0 ? [] : ['', ...tableLines(model, report, width, colors)];
  return [
    first,
    ...(fits || proof === '' ? [] : wrapWords(proof.slice(2), width, '  ')),
    ...baseLines(model, width),
    ...wrapWords(visibleText(headline(model)), width, '  '),
    ...rows,
    ...remarks(model, width, colors),
  ];
}

/** The base that it was measured beside, where that was converted, too. */
function baseLines({ base }: ModelReport, width: number): string[] {
  if (!base || !isConverted(base.format)) return [];
  const size = base.bytes === undefined ? '' : `, ${formatBytes(base.bytes)}`;
  const text = `base: ${base.format}${size}${proofText(base)}`;
  return wrapWords(visibleText(text), width, '  ');
}

/** Below the table: gates that are not kept, reasons, and what the rows have to say. */
function remarks(model: ModelReport, width: number, colors: Colors): string[] {
  const lines: string[] = [];
  const say = (icon: string, text: string): void => {
    const [first = '', ...rest] = wrapWords(visibleText(text), width - 4);
    lines.push(`  ${icon} ${first}`, ...rest.map((line) => `    ${line}`));
  };
  for (const gate of model.gates ?? []) {
    const text = `${gateLabel(gate, model.variants)}: ${gate.sentence}`;
    if (gate.result === 'broken') say(colors.red('✕'), text);
    if (gate.result === 'inconclusive') say(colors.yellow('?'), text);
  }
  for (const row of model.variants) {
    const label = rowLabel(row, model.variants);
    if (row.reason !== undefined) say(colors.dim('–'), `${label} ${row.status}: ${row.reason}`);
    if (row.description !== undefined) say(colors.dim('·'), `${label}: ${row.description}`);
    const needed = row.accuracy?.neededSamples;
    if (needed !== undefined) {
      const samples = `about ${formatCount(needed)} samples would decide the accuracy`;
      say(colors.dim('·'), `${label}: ${samples}`);
    }
    for (const note of row.notes) say(colors.dim('·'), `${label}: ${note}`);
  }
  for (const note of [...(model.data.notes ?? []), ...(model.notes ?? [])]) {
    say(colors.dim('·'), note);
  }
  return lines.length === 0 ? [] : ['', ...lines];
}

function footer(report: Report, width: number, colors: Colors): string[] {
  const { tool, protocol, notes = [] } = report;
  const measured = `${machineText(report)}, ${tool.runtime}, ${durationText(report)}`;
  const lines = [measured, ...(protocol === undefined ? [] : [protocol]), ...notes].flatMap(
    (note) => wrapWords(visibleText(note), width).map((line) => colors.dim(line)),
  );
  if (report.models.length === 1) return lines;
  return [...lines, `${verdictMark(report.verdict, colors)} ${summary(report)}`];
}
