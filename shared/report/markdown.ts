/**
 * The report as a pull request's comment or a job's summary: GitHub's Markdown, never too long.
 *
 * GitHub refuses a body of more than 65,536 characters, so it is written by a ladder: everything, then
 * without notes, then fewer rows, then one line a model, then totals. The verdict is on every rung.
 */

import { durationText } from './duration-text.ts';
import { summary, VERDICT_WORDS } from './headline.ts';
import { type ModelDetail, modelBlocks, modelLine, VERDICT_ICONS } from './markdown-model.ts';
import { code, prose } from './markdown-text.ts';
import type { ModelReport, Report } from './schema.ts';

/** GitHub's limit on a comment, in code points. */
export const COMMENT_POINTS = 65_536;

export interface MarkdownOptions {
  /** Tells this comment from those of other configurations: letters, digits, `-`. Default `report`. */
  readonly marker?: string;
  /** An https address with the whole report. */
  readonly link?: string;
  /** Code points; {@link COMMENT_POINTS} by default, at least 2,000. */
  readonly limit?: number;
}

/** How much is said: models with a table, models with a line, and what of each table. */
interface Rung extends ModelDetail {
  readonly tables: number;
  readonly lines: number;
}

const LADDER: readonly Rung[] = [
  { tables: Number.POSITIVE_INFINITY, lines: 0, rows: Number.POSITIVE_INFINITY, notes: true },
  { tables: Number.POSITIVE_INFINITY, lines: 0, rows: Number.POSITIVE_INFINITY, notes: false },
  { tables: Number.POSITIVE_INFINITY, lines: 0, rows: 6, notes: false },
  { tables: 20, lines: Number.POSITIVE_INFINITY, rows: 6, notes: false },
  { tables: 5, lines: 100, rows: 6, notes: false },
  { tables: 0, lines: 100, rows: 0, notes: false },
  { tables: 0, lines: 10, rows: 0, notes: false },
  { tables: 0, lines: 0, rows: 0, notes: false },
];

/** The first line is the marker, an HTML comment by which a later run finds its comment. */
export function renderMarkdown(report: Report, options: MarkdownOptions = {}): string {
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

function render(report: Report, options: MarkdownOptions, rung: Rung): string {
  const models = worstFirst(report.models);
  const tabled = models.slice(0, rung.tables);
  const lined = models.slice(tabled.length, tabled.length + rung.lines);
  const hidden = models.length - tabled.length - lined.length;
  const blocks = [
    `${commentMarker(options.marker)}\n## ${VERDICT_ICONS[report.verdict]} Fettle: ${VERDICT_WORDS[report.verdict]}`,
    compared(report) + summary(report),
    ...tabled.flatMap((model) => modelBlocks(model, report, rung)),
    lined.map(modelLine).join('\n'),
    hidden > 0 ? `${hidden} of ${models.length} models are left out here.` : '',
    footer(report, options, rung !== LADDER[0]),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function worstFirst(models: readonly ModelReport[]): ModelReport[] {
  const order = ['failed', 'regressed', 'inconclusive', 'ok'];
  return models.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
}

function compared({ comparison }: Report): string {
  const states = [comparison?.base, comparison?.head].flatMap((state) => {
    if (state === undefined) return [];
    const commit = state.commit === undefined ? '' : ` (${code(state.commit.slice(0, 12))})`;
    return [code(state.label) + commit];
  });
  return states.length === 0 ? '' : `${states.join(' → ')}. `;
}

function footer(report: Report, options: MarkdownOptions, isShortened: boolean): string {
  const { machine, tool, protocol, notes = [] } = report;
  const lines = [
    `${prose(machine.cpu, 'line', 80)}, ${machine.cores} ${machine.cores === 1 ? 'core' : 'cores'}`,
    prose(`fettle ${tool.version}, ${tool.runtime}`, 'line', 100),
    durationText(report),
    ...(protocol === undefined ? [] : [prose(protocol)]),
    ...notes.slice(0, 5).map((note) => prose(note)),
  ];
  const link = httpsLink(options.link);
  const more =
    link === undefined ? '' : `[${isShortened ? 'The whole report' : 'Report'}](<${link}>) · `;
  return `<sub>${more}${lines.join(' · ')}</sub>`;
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
