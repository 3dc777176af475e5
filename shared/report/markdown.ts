/**
 * The report as a pull request's comment or a job's summary: GitHub's Markdown, never too long.
 *
 * GitHub refuses a body of more than 65,536 characters, so it is written by a ladder: everything, then
 * without notes, then fewer rows and fewer models unfolded, then a short line a model, then totals. The
 * verdict is on every rung, and what is broken stands before what is not.
 */

import { durationText } from './duration-text.ts';
import { headline, summary, VERDICT_WORDS } from './headline.ts';
import { machineText } from './machine-text.ts';
import { VERDICT_ICONS } from './markdown-cells.ts';
import { type ModelDetail, modelDetails } from './markdown-model.ts';
import { concerns, overviewTable } from './markdown-overview.ts';
import { code, prose } from './markdown-text.ts';
import { rollUp } from './roll-up.ts';
import type { ModelReport, Report, Verdict } from './schema.ts';

/** GitHub's limit on a comment, in code points. */
export const COMMENT_POINTS = 65_536;

/** What people must know besides the report: a mistake in the configuration, a file that could not be read. */
export interface Problem {
  /** `error`, the default: what it is about was not looked at, so the whole is a failure. */
  readonly level?: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly hint?: string;
  readonly where?: string;
  readonly line?: number;
}

export interface MarkdownOptions {
  /** Tells this comment from those of other configurations: letters, digits, `-`. Default `report`. */
  readonly marker?: string;
  /** A second hidden line: hexadecimal digits by which a later run sees that nothing changed. */
  readonly state?: string;
  /** An https address with the whole report. */
  readonly link?: string;
  /** Code points; {@link COMMENT_POINTS} by default, at least 2,000. */
  readonly limit?: number;
  readonly problems?: readonly Problem[];
  /** What the run cost on AWS, in US dollars. */
  readonly dollars?: number;
  /** Sentences about the posting itself, such as a review that GitHub refused. */
  readonly notices?: readonly string[];
  /** For a page of its own: everything unfolded, with bars. */
  readonly isPage?: boolean;
}

/** How much is said: rows of the overview, models with details, what of each, and everything else. */
interface Rung extends ModelDetail {
  readonly overview: number;
  readonly isShort: boolean;
  readonly details: number;
  readonly concerns: number;
  readonly footnotes: number;
}

const ALL = Number.POSITIVE_INFINITY;
const FULL: Rung = {
  overview: ALL,
  isShort: false,
  details: ALL,
  rows: ALL,
  notes: true,
  concerns: 40,
  footnotes: 5,
};

const LADDER: readonly Rung[] = [
  FULL,
  { ...FULL, notes: false },
  { ...FULL, notes: false, rows: 6 },
  { ...FULL, notes: false, rows: 6, details: 20, concerns: 20 },
  { ...FULL, notes: false, rows: 6, details: 5, concerns: 20, isShort: true },
  { ...FULL, overview: 100, details: 0, concerns: 20, isShort: true },
  { ...FULL, overview: 30, details: 0, concerns: 10, isShort: true, footnotes: 2 },
  { ...FULL, overview: 5, details: 0, concerns: 3, isShort: true, footnotes: 0 },
  { ...FULL, overview: 0, details: 0, concerns: 0, footnotes: 0 },
];

/**
 * The first line is the marker, an HTML comment by which a later run finds its comment. Without a report there are
 * problems alone, or nothing changed.
 */
export function renderMarkdown(report: Report | undefined, options: MarkdownOptions = {}): string {
  const limit = Math.max(2000, options.limit ?? COMMENT_POINTS);
  let text = '';
  for (const rung of LADDER) {
    text = render(report, options, rung);
    if (countPoints(text) <= limit) break;
  }
  return text;
}

/** `<!-- fettle:report -->`; throws a RangeError for a name that could end the HTML comment. */
export function commentMarker(name = 'report'): string {
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/i.test(name)) {
    throw new RangeError(`a marker has letters, digits and single dashes: ${JSON.stringify(name)}`);
  }
  return `<!-- fettle:${name} -->`;
}

function render(report: Report | undefined, options: MarkdownOptions, rung: Rung): string {
  const models = worstFirst(report?.models ?? []);
  const shown = models.slice(0, rung.overview);
  const hidden = models.length - shown.length;
  const verdict = verdictWith(report, options.problems);
  const isDiff = (report?.comparison?.kind ?? 'variants') !== 'variants';
  const detail = {
    ...rung,
    isOpen: options.isPage === true,
    bars: options.isPage === true,
    // Of one model alone it stands at the top already.
    hasHeadline: models.length > 1,
  };
  const blocks = [
    `${hiddenLines(options)}\n## ${VERDICT_ICONS[verdict]} Fettle: ${VERDICT_WORDS[verdict]}`,
    compared(report) + said(report, options.problems),
    problemLines(options.problems ?? [], rung),
    overviewTable(shown, rung.isShort),
    hidden > 0 ? `${hidden} of ${models.length} models are left out here.` : '',
    concerns(models, rung.concerns),
    ...models.slice(0, rung.details).flatMap((model) => modelDetails(model, isDiff, detail)),
    ...(rung.footnotes > 0 ? (options.notices ?? []).map((notice) => prose(notice)) : []),
    footer(report, options, rung),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function hiddenLines({ marker, state }: MarkdownOptions): string {
  const hidden = state === undefined || !/^[0-9a-f]+$/.test(state) ? '' : `\n<!-- ${state} -->`;
  return commentMarker(marker) + hidden;
}

/** The report's verdict; a failure where something could not be looked at. */
export function verdictWith(
  report: Report | undefined,
  problems: readonly Problem[] = [],
): Verdict {
  const isError = ({ level = 'error' }: Problem): boolean => level === 'error';
  return rollUp([
    report?.verdict ?? 'ok',
    ...(problems.some(isError) ? (['failed'] as const) : []),
  ]);
}

/** The totals; of one model alone, what became of it. */
function said(report: Report | undefined, problems: readonly Problem[] = []): string {
  const [only, ...others] = report?.models ?? [];
  if (report === undefined || only === undefined) {
    return problems.length > 0 ? 'Nothing was compared.' : 'No model changed.';
  }
  return others.length === 0 ? prose(headline(only)) : summary(report);
}

const LEVEL_ICONS = { error: '🛑', warning: '⚠️', notice: 'ℹ️' } as const;

function problemLines(problems: readonly Problem[], rung: Rung): string {
  const order = ['error', 'warning', 'notice'];
  const sorted = problems.toSorted(
    (a, b) => order.indexOf(a.level ?? 'error') - order.indexOf(b.level ?? 'error'),
  );
  const shown = sorted.slice(0, rung.concerns).map((problem) => {
    const { level = 'error', message, hint, where, line } = problem;
    const place =
      where === undefined ? [] : [code(line === undefined ? where : `${where}:${line}`)];
    const text = [prose(message), ...(hint === undefined ? [] : [prose(hint)])].join('. ');
    return [LEVEL_ICONS[level], ...place, text].join(' ');
  });
  const hidden = problems.length - shown.length;
  if (hidden > 0) shown.push(`${hidden} ${shown.length > 0 ? 'more ' : ''}problems`);
  return shown.map((line) => `- ${line}`).join('\n');
}

function worstFirst(models: readonly ModelReport[]): ModelReport[] {
  const order = ['failed', 'regressed', 'inconclusive', 'ok'];
  return models.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
}

function compared(report: Report | undefined): string {
  const comparison = report?.comparison;
  const states = [comparison?.base, comparison?.head].flatMap((state) => {
    if (state === undefined) return [];
    const commit = state.commit === undefined ? '' : ` (${code(state.commit.slice(0, 12))})`;
    return [code(state.label) + commit];
  });
  return states.length === 0 ? '' : `${states.join(' → ')}. `;
}

function footer(report: Report | undefined, options: MarkdownOptions, rung: Rung): string {
  const link = httpsLink(options.link);
  const isShortened = rung !== FULL;
  const parts = [
    ...(link ? [`[${isShortened ? 'The whole report' : 'Report'}](<${link}>)`] : []),
    ...(report ? circumstances(report, rung) : []),
    ...(options.dollars === undefined ? [] : [`$${dollarText(options.dollars)} on AWS`]),
  ];
  return parts.length === 0 ? '' : `<sub>${parts.join(' · ')}</sub>`;
}

/** On what and how it was measured. */
function circumstances(report: Report, rung: Rung): string[] {
  const { tool, protocol, notes = [] } = report;
  return [
    // Signs of trade would make code spans of the names that they stand in.
    prose(machineText(report).replaceAll(/\((?:R|TM)\)/gi, ''), 'line', 200),
    prose(`fettle ${tool.version}, ${tool.runtime}`, 'line', 100),
    durationText(report),
    ...(protocol === undefined || rung.footnotes === 0 ? [] : [prose(protocol)]),
    ...notes.slice(0, rung.footnotes).map((note) => prose(note)),
  ];
}

/** Cents where they say enough, else two digits that matter. */
function dollarText(dollars: number): string {
  return dollars >= 0.1 ? dollars.toFixed(2) : String(Number(dollars.toPrecision(2)));
}

/** Only what is an https address, percent-encoded so that nothing ends the link early. */
function httpsLink(link: string | undefined): string | undefined {
  if (link === undefined || !URL.canParse(link)) return undefined;
  const url = new URL(link);
  return url.protocol === 'https:'
    ? url.href.replaceAll('>', '%3E').replaceAll('<', '%3C')
    : undefined;
}

function countPoints(text: string): number {
  let points = 0;
  for (const _ of text) points++;
  return points;
}
