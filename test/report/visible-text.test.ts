import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipMiddle, shownName, visibleText } from '../../shared/report/visible-text.ts';
import { anyText } from './hostile.ts';

describe('visibleText', () => {
  it.each([
    ['plain', 'model/Conv_1', 'model/Conv_1'],
    ['other scripts stay', 'модель 模型 📦', 'модель 模型 📦'],
    ['newlines and tabs', 'a\r\n\tb\u2028c\u0085d', 'a b c d'],
    ['an escape sequence', '\u001b[31mred', '⟨U+001B⟩[31mred'],
    ['a bidirectional override', 'gnp\u202etxt', 'gnp⟨U+202E⟩txt'],
    ['zero width', 'a\u200bb\ufeffc\u00add', 'a⟨U+200B⟩b⟨U+FEFF⟩c⟨U+00AD⟩d'],
    ['tag characters', 'a\u{e0041}', 'a⟨U+E0041⟩'],
    ['half a surrogate pair', 'a\ud800b', 'a⟨U+D800⟩b'],
    ['edges', '  a  ', 'a'],
  ])('%s', (_, text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it('never leaves a character that moves others', () => {
    fc.assert(
      fc.property(anyText(20), (text) => {
        expect(visibleText(text)).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
      }),
    );
  });
});

describe('clipMiddle', () => {
  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abc…fg'],
    ['abcdefg', 1, '…'],
    ['📦📦📦📦', 3, '📦…📦'],
  ])('%s in %d', (text, max, clipped) => {
    expect(clipMiddle(text, max)).toBe(clipped);
  });

  it('keeps the bound in code points and both ends, also of a text of a megabyte', () => {
    const text = `head${'x'.repeat(1e6)}tail`;
    expect(clipMiddle(text, 11)).toBe('headx…xtail');
    fc.assert(
      fc.property(anyText(40), fc.integer({ min: 1, max: 30 }), (name, max) => {
        expect([...clipMiddle(name, max)].length).toBeLessThanOrEqual(max);
      }),
    );
  });
});

it('shownName: an empty name is said, a hostile one is bounded', () => {
  expect(shownName(' \n ')).toBe('(empty)');
  expect([...shownName('\u202e'.repeat(5000))].length).toBeLessThanOrEqual(80);
});
