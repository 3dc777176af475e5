/** The one way in which the page is built: a template that escapes whatever is put into it. */

import { visibleLine, visibleText } from '../visible-text.ts';

/** HTML that came out of {@link html}; nothing else can make one. */
class SafeHtml {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  toString(): string {
    return this.#text;
  }
}

export type { SafeHtml };

export type HtmlValue =
  | SafeHtml
  | string
  | number
  | false
  | null
  | undefined
  | readonly HtmlValue[];

/**
 * Markup as a tagged template: text and attribute values are escaped and freed of hidden characters,
 * lists are joined, `false`, null and undefined leave nothing. Attributes must be quoted.
 */
export function html(markup: TemplateStringsArray, ...values: readonly HtmlValue[]): SafeHtml {
  let text = markup[0] ?? '';
  for (const [index, value] of values.entries()) text += toText(value) + (markup[index + 1] ?? '');
  return new SafeHtml(text);
}

/** Several lines of program text: as {@link html} does it, with line breaks and blanks kept. */
export function lines(text: string): SafeHtml {
  return new SafeHtml(
    text
      .split('\n')
      .map((line) => escapeMarkup(visibleLine(line)))
      .join('\n'),
  );
}

/** A style sheet of ours, written in the source; refuses what could end the element. */
export function styleElement(css: string): SafeHtml {
  if (css.includes('</')) throw new TypeError('a style sheet cannot hold "</"');
  return new SafeHtml(`<style>${css}</style>`);
}

function toText(value: HtmlValue): string {
  if (value === false || value === null || value === undefined) return '';
  if (value instanceof SafeHtml) return value.toString();
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escapeText(value);
  return value.map(toText).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** `visibleText` trims, which would glue sentences of ours together: blanks at the edges stay. */
function escapeText(text: string): string {
  const before = text.startsWith(' ') ? ' ' : '';
  const after = text.endsWith(' ') && text.trim() !== '' ? ' ' : '';
  return escapeMarkup(before + visibleText(text) + after);
}

function escapeMarkup(text: string): string {
  return text.replace(/[&<>"'`]/g, (char) => ENTITIES[char] ?? '');
}
