import { describe, expect, it } from 'vitest';
import { alignColumns, widthOf, wrapWords } from '../../shared/report/columns.ts';

describe('alignColumns', () => {
  it('pads to the widest, right where asked', () => {
    const rows = [
      [{ text: 'a' }, { text: '1', align: 'right' as const }, { text: 'x' }],
      [{ text: 'bbb' }, { text: '100', align: 'right' as const }, { text: 'y' }],
    ];
    expect(alignColumns(rows)).toEqual(['a      1  x', 'bbb  100  y']);
  });

  it('a spanning cell takes the width of what it covers and widens nothing', () => {
    const rows = [
      [{ text: 'a very long title', span: 2 }, { text: '|' }],
      [{ text: '1' }, { text: '2' }, { text: '|' }],
    ];
    expect(alignColumns(rows)).toEqual(['a very long title  |', '1  2  |']);
  });

  it('a column with nothing in it takes no room', () => {
    const rows = [[{ text: 'a' }, { text: '' }, { text: 'b' }]];
    expect(alignColumns(rows)).toEqual(['a  b']);
  });

  it('counts what the terminal shows: wide characters twice, colours not at all', () => {
    const rows = [
      [{ text: '模型' }, { text: '|' }],
      [{ text: '\u001b[31mab\u001b[39m' }, { text: '|' }],
    ];
    expect(alignColumns(rows)).toEqual(['模型  |', '\u001b[31mab\u001b[39m    |']);
    expect(widthOf(['模型', 'abc'])).toBe(4);
  });
});

describe('wrapWords', () => {
  it.each([
    ['one two three', 7, ['one two', 'three']],
    ['one', 7, ['one']],
    ['', 7, []],
    ['unbreakable-word a', 7, ['unbreakable-word', 'a']],
  ])('%s in %d', (text, width, lines) => {
    expect(wrapWords(text, width)).toEqual(lines);
  });

  it('the indentation counts', () => {
    expect(wrapWords('one two', 8, '  ')).toEqual(['  one', '  two']);
  });
});
