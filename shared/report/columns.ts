/** Lines of text in columns, by the width that a terminal gives each character. */

import stringWidth from 'string-width';

export interface Cell {
  readonly text: string;
  readonly align?: 'left' | 'right';
  /** Columns that this cell covers; it takes their width and never widens them. */
  readonly span?: number;
}

/** Each row as one line, cells padded to the widest of their column, `gap` spaces between columns. */
export function alignColumns(rows: readonly (readonly Cell[])[], gap = 2): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    let column = 0;
    for (const cell of row) {
      if ((cell.span ?? 1) === 1) {
        widths[column] = Math.max(widths[column] ?? 0, stringWidth(cell.text));
      }
      column += cell.span ?? 1;
    }
  }
  return rows.map((row) => {
    let column = 0;
    const cells = row.map((cell) => {
      const covered = widths.slice(column, column + (cell.span ?? 1));
      column += cell.span ?? 1;
      // A column in which nothing is written takes no room, its gap neither.
      const used = covered.filter((width) => width > 0);
      if (used.length === 0) return undefined;
      const width = used.reduce((sum, each) => sum + each, gap * (used.length - 1));
      const room = ' '.repeat(Math.max(0, width - stringWidth(cell.text)));
      return cell.align === 'right' ? room + cell.text : cell.text + room;
    });
    return cells
      .filter((cell) => cell !== undefined)
      .join(' '.repeat(gap))
      .trimEnd();
  });
}

/** Text broken between words so that no line is wider than `width`; a longer word stands alone. */
export function wrapWords(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || stringWidth(indent + longer) <= width) {
      line = longer;
      continue;
    }
    lines.push(indent + line);
    line = word;
  }
  if (line !== '') lines.push(indent + line);
  return lines;
}

/** The width of the widest line. */
export function widthOf(lines: readonly string[]): number {
  return Math.max(0, ...lines.map((line) => stringWidth(line)));
}
