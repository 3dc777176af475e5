/**
 * Text from a model or a path, made safe to show: one line, no control characters, bounded length.
 *
 * Names come from files that strangers write. An escape sequence would move the terminal's cursor, a
 * bidirectional override would show `exe.xnno` as `onnx.exe`, a newline would end a table row. Each
 * renderer escapes its own syntax after this.
 */

/** Everything that moves or hides other text: controls, bidi, zero width, tags, lone surrogates. */
const HIDDEN = /[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\ufff9-\ufffb]/gu;

/** White space of any kind becomes one space, what cannot be seen is spelt: `⟨U+202E⟩`. */
export function visibleText(text: string): string {
  return text
    .replace(/(?:(?!\ufeff)[\s\u0085])+/gu, ' ')
    .trim()
    .replace(HIDDEN, spell);
}

/** As {@link visibleText} for a line of program text: blanks stay as they are. */
export function visibleLine(line: string): string {
  return line.replace(HIDDEN, spell);
}

/** At most `max` code points, the middle left out: the ends of a path or node name tell it apart. */
export function clipMiddle(text: string, max: number): string {
  // A string of n code units has at least n / 2 code points: long ones are cut before they are split.
  const points =
    text.length > 4 * max ? [...text.slice(0, 2 * max), ...text.slice(-2 * max)] : [...text];
  if (points.length <= max) return text;
  const head = Math.ceil((max - 1) / 2);
  const tail = max - 1 - head;
  return `${points.slice(0, head).join('')}…${tail > 0 ? points.slice(-tail).join('') : ''}`;
}

/** A name for a person: visible and at most `max` code points. */
export function shownName(text: string, max = 80): string {
  // Cut first: what is spelt out afterwards must not be cut in its middle.
  const shown = clipMiddle(visibleText(clipMiddle(text, 4 * max)), max);
  return shown === '' ? '(empty)' : shown;
}

function spell(char: string): string {
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `⟨U+${code}⟩`;
}
