/**
 * Text of strangers inside Markdown: shown as it is, with no power over the page.
 *
 * Names stand in code spans, where GitHub links nothing, mentions nobody and renders no HTML. A
 * sentence that quotes names keeps its plain words and puts every other word into a code span.
 * Backslash escapes would not do: mentions and addresses are found after escapes are resolved.
 */

import { clipMiddle, shownName, visibleText } from './visible-text.ts';

/** Longest name and longest sentence that a comment shows, in code points. */
const NAME_POINTS = 80;
const SENTENCE_POINTS = 400;

/** Where the text will stand: a pipe ends a cell of a table, and is an ordinary character elsewhere. */
export type Place = 'cell' | 'line';

/** A name as a code span. */
export function code(name: string, place: Place = 'line', max = NAME_POINTS): string {
  return codeSpan(shownName(name, max), place);
}

/** A sentence that may quote names: plain words stay, all others become code spans. */
export function prose(text: string, place: Place = 'line', max = SENTENCE_POINTS): string {
  const words = clipMiddle(visibleText(clipMiddle(text, 4 * max)), max).match(WORDS) ?? [];
  const parts: string[] = [];
  let quoted: string[] = [];
  const flush = (): void => {
    if (quoted.length > 0) parts.push(codeSpan(quoted.join(' '), place));
    quoted = [];
  };
  for (const [index, word] of words.entries()) {
    const [, inTicks, after = ''] = TICKED.exec(word) ?? [];
    // A call with arguments stays in one piece: `export(model, args)`.
    const isInside = balance(quoted) > 0;
    if (!isInside && isPlain(word, index === 0)) {
      flush();
      parts.push(word);
    } else {
      quoted.push(inTicks ?? word);
      if (after !== '') {
        flush();
        parts.push((parts.pop() ?? '') + after);
      }
    }
  }
  flush();
  return parts.length === 0 ? '–' : parts.join(' ');
}

/** What stands between backticks is one word, whatever blanks are in it. */
const WORDS = /`[^`]+`[.,:;?)]{0,3}(?=\s|$)|\S+/gu;
const TICKED = /^`([^`]+)`([.,:;?)]{0,3})$/u;

/** Opened less closed parentheses. */
function balance(words: readonly string[]): number {
  const text = words.join('');
  return text.split('(').length - text.split(')').length;
}

/** Letters and digits with harmless punctuation inside and around. */
const WORD = /^[(“‘]?[\p{L}\p{N}][\p{L}\p{N}.,'’%×/+−±-]*[)”’.,:;?%…]{0,3}$/u;
/** A number or the bound of an interval: `−7.9%`, `[−9.8%,`, `+2.0])`. */
const NUMBER = /^[([]{0,2}[+−±]?\d[\d.,]*(?:e−?\d+)?(?:[%×]|pp)?[)\]]{0,2}[,.:;]{0,2}$/u;
const UNIT = /^pp[)\]]{0,2}[,.:;]?$/u;
const SIGN = /^[–—·…≈≤≥→×★✕✓]$/u;

/** Words that GitHub links by themselves: issues, commits, addresses. */
const LINKED = /www\.|gh-\d|[0-9a-f]{7}/iu;
const TICKET = /^\W?[A-Z][A-Z0-9]+-\d/u;
/** What would start a list or a link's definition at the head of a line. */
const STARTS_BLOCK = /^(?:[[(]|\d+[.)])/u;

function isPlain(word: string, isFirst: boolean): boolean {
  if (isFirst && STARTS_BLOCK.test(word)) return false;
  if (SIGN.test(word) || NUMBER.test(word) || UNIT.test(word)) return true;
  return WORD.test(word) && !LINKED.test(word) && !TICKET.test(word);
}

/**
 * A code span with a fence longer than any run of backticks inside. In a table a pipe is escaped, and
 * backslashes in front of one are doubled, because a table reads `\\|` as an escaped backslash and a
 * border.
 */
function codeSpan(text: string, place: Place): string {
  const inside = place === 'cell' ? text.replace(/(\\*)\|/g, '$1$1\\|') : text;
  const longest = Math.max(0, ...(inside.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^`|`$/.test(inside) ? ' ' : '';
  return `${fence}${pad}${inside}${pad}${fence}`;
}
