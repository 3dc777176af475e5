import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html, lines, styleElement } from '../../../shared/report/page/html.ts';
import { hostileText } from '../hostile.ts';

describe('html', () => {
  it.each([
    ['markup in text', html`<p>${'<b>&"\'`'}</p>`, '<p>&lt;b&gt;&amp;&quot;&#39;&#96;</p>'],
    [
      'an attribute',
      html`<p title="${'" onclick="x'}"></p>`,
      '<p title="&quot; onclick=&quot;x"></p>',
    ],
    ['its own output stays', html`<p>${html`<b>${'<'}</b>`}</p>`, '<p><b>&lt;</b></p>'],
    ['lists', html`${['a', html`<i>b</i>`, 3]}`, 'a<i>b</i>3'],
    ['nothing', html`<p>${false}${null}${undefined}</p>`, '<p></p>'],
    ['hidden characters are spelt', html`${'a\u202eb\u0000'}`, 'a⟨U+202E⟩b⟨U+0000⟩'],
    ['a blank at the edge of a sentence stays', html`${'a '}${' b'}`, 'a  b'],
  ])('%s', (_, markup, text) => {
    expect(markup.toString()).toBe(text);
  });

  it('no text closes the element or the attribute that it stands in', () => {
    fc.assert(
      fc.property(hostileText(), (text) => {
        const page = html`<p title="${text}">${text}</p>`.toString();
        expect(page).toMatch(/^<p title="[^"<>]*">[^<>]*<\/p>$/);
      }),
    );
  });
});

describe('lines', () => {
  it('keeps blanks and line breaks, escapes the rest', () => {
    expect(lines('if (a <  b) {\n  x("\u202e");\n}').toString()).toBe(
      'if (a &lt;  b) {\n  x(&quot;⟨U+202E⟩&quot;);\n}',
    );
  });
});

it('styleElement refuses what would end the element', () => {
  expect(styleElement('p{}').toString()).toBe('<style>p{}</style>');
  expect(() => styleElement('</style><script>')).toThrow(TypeError);
});
