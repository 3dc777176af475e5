/** Cells of a comment's tables: a measurement with its base, change, interval, verdict and budget. */

import { prose } from './markdown-text.ts';
import { bareInterval, type Fact } from './row-facts.ts';
import type { Gate, Verdict } from './schema.ts';

export const VERDICT_ICONS: Readonly<Record<Verdict, string>> = {
  ok: '✅',
  regressed: '❌',
  inconclusive: '⚠️',
  failed: '🛑',
};

export const RESULT_ICONS: Readonly<Record<Gate['result'], string>> = {
  kept: '✅',
  broken: '❌',
  inconclusive: '⚠️',
  'not-measured': '➖',
};

export interface CellOptions {
  /** `base → value`, where a base is known. */
  readonly hasBase: boolean;
  /** The word of the verdict, where no budget says it; bytes need none. */
  readonly hasWord: boolean;
  /** The budget that judges this number. */
  readonly gate?: Gate | undefined;
  /** One line: value and change. */
  readonly isShort?: boolean;
  /** Stands above the value: a metric's name, as Markdown. */
  readonly title?: string;
}

/** `123 kB → 45.0 kB`, below it `↓ −63.4%` with interval, below that the budget or the verdict. */
export function factCell(fact: Fact | undefined, options: CellOptions): string {
  const { hasBase, hasWord, gate, isShort = false, title = '' } = options;
  if (fact === undefined) return '';
  const isKnown = hasBase && fact.base !== undefined;
  // The same on both sides is said once, where the change says that it was compared.
  const isSame = fact.base === fact.value && fact.change !== undefined;
  const value = isKnown && !isSame ? `${fact.base} → ${fact.value}` : fact.value;
  const sign = fact.change === undefined ? '' : (fact.arrow ?? '');
  const change = joined([sign, fact.change ?? '']);
  if (isShort) return unbroken(joined([title, value, change, gateMark(gate)]));
  const budget = budgetText(gate);
  const lines = [
    title,
    value,
    joined([change, bareInterval(fact.interval)]),
    budget === '' && hasWord ? wordOf(fact) : budget,
  ];
  return lines
    .filter((line) => line !== '')
    .map(unbroken)
    .join('<br>');
}

/** What a reader must not overlook is bold. */
function wordOf({ word, tone }: Fact): string {
  if (word === undefined) return '';
  return tone === 'bad' || tone === 'unsure' ? `**${word}**` : word;
}

function budgetText(gate: Gate | undefined): string {
  if (gate?.budget === undefined) return '';
  return `${RESULT_ICONS[gate.result]} budget ${prose(gate.budget.replace(/^-/, '−'), 'cell', 30)}`;
}

/** Where there is no room for the budget itself. */
function gateMark(gate: Gate | undefined): string {
  return gate === undefined || gate.result === 'kept' ? '' : RESULT_ICONS[gate.result];
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

/** Numbers and their units stay on one line; code spans of strangers' names are left as they are. */
function unbroken(line: string): string {
  return line.includes('`') ? line : line.replaceAll(' ', '\u00a0');
}

/** Lines of a table; `rule` aligns: `:--`, `--:`, `:-:`. */
export function tableOf(
  titles: readonly string[],
  rule: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [titles, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
