import fc from 'fast-check';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { code, prose } from '../../shared/report/markdown-text.ts';
import { shownName } from '../../shared/report/visible-text.ts';
import { hostileText } from './hostile.ts';

const html = (markdown: string): string =>
  micromark(markdown, {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
    allowDangerousHtml: true,
  });

const decode = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

describe('code', () => {
  it.each([
    ['model/Conv_1', '`model/Conv_1`'],
    ['a`b', '``a`b``'],
    ['`', '`` ` ``'],
    ['', '`(empty)`'],
    ['a|b', '`a|b`'],
  ])('%s', (name, markdown) => {
    expect(code(name)).toBe(markdown);
  });

  it.each([
    ['a|b', '`a\\|b`'],
    ['a\\|b', '`a\\\\\\|b`'],
  ])('%s in a table', (name, markdown) => {
    expect(code(name, 'cell')).toBe(markdown);
  });

  it('on a line, shows any name exactly, as code and nothing else', () => {
    fc.assert(
      fc.property(hostileText(), (name) => {
        const match = /^<p>x <code>([^<]*)<\/code> y<\/p>$/.exec(html(`x ${code(name)} y`));
        expect(decode(match?.[1] ?? 'no match')).toBe(shownName(name));
      }),
      { numRuns: 150 },
    );
  });

  it('in a table, stays in its cell', () => {
    fc.assert(
      fc.property(hostileText(), (name) => {
        const table = html(
          `| a | b |\n| - | - |\n| ${code(name, 'cell')} | ${code(name, 'cell')} |`,
        );
        const cells = [...table.matchAll(/<td><code>([^<]*)<\/code><\/td>/g)];
        expect(cells).toHaveLength(2);
        const doubled = shownName(name).replace(/(\\+)\|/g, '$1$1|');
        expect(decode(cells[0]?.[1] ?? '')).toBe(doubled);
      }),
      { numRuns: 150 },
    );
  });
});

describe('prose', () => {
  it.each([
    ['3 of 41 Conv kept in float: sensitivity', '3 of 41 Conv kept in float: sensitivity'],
    [
      'latency 2.20 ms (+10.0% [+8.0%, +12.0%]), budget +5%: broken',
      'latency 2.20 ms (+10.0% [+8.0%, +12.0%]), budget +5%: broken',
    ],
    ['budget −0.5pp: broken', 'budget −0.5pp: broken'],
    ['node model/Conv_1 is odd', 'node `model/Conv_1` is odd'],
    ['use `--no-guard` now', 'use `--no-guard` now'],
    ['more `seconds`, or less', 'more `seconds`, or less'],
    ['grant `issues: { all: write }`.', 'grant `issues: { all: write }`.'],
    ['an `open end', 'an `` `open `` end'],
    ['run export(model, args, "x") first', 'run `export(model, args, "x")` first'],
    ['ask @octocat about #12 or GH-12', 'ask `@octocat` about `#12` or `GH-12`'],
    ['see https://evil.example', 'see `https://evil.example`'],
    ['commit deadbeefdeadbeef', 'commit `deadbeefdeadbeef`'],
    ['a <b>bold</b> claim', 'a `<b>bold</b>` claim'],
    ['- a list', '`-` a list'],
    ['1. a list', '`1.` a list'],
    ['[x]: http://e', '`[x]: http://e`'],
    ['two\nlines', 'two lines'],
  ])('%s', (text, markdown) => {
    expect(prose(text)).toBe(markdown);
  });

  it('any text is one paragraph of words and code', () => {
    fc.assert(
      fc.property(hostileText(), (text) => {
        const line = html(prose(text));
        const outside = line.replace(/<code>[^<]*<\/code>/g, '');
        if (prose(text) !== '') expect(line).toMatch(/^<p>[\s\S]*<\/p>$/);
        expect(outside.replace(/^<p>|<\/p>$/g, '')).not.toMatch(/[<>@#`|\\\n]|https?:|www\.|:\w+:/);
      }),
      { numRuns: 150 },
    );
  });
});
