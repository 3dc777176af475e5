import { describe, expect, it } from 'vitest';
import { STYLE } from '../../../shared/report/page/style.ts';

/** WCAG 2.2, relative luminance and contrast. */
function luminance(hex: string): number {
  const digits =
    hex.length === 4 ? [...hex.slice(1)].map((d) => d + d) : (hex.slice(1).match(/../g) ?? []);
  const [r = 0, g = 0, b = 0] = digits.map((pair) => {
    const value = Number.parseInt(pair, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}
/** The variables of the first (light) and second (dark) `:root`. */
const [light = {}, dark = {}] = [...STYLE.matchAll(/:root\{(?:color-scheme[^;]*;)?([^}]*)\}/g)].map(
  ([, block = '']) =>
    Object.fromEntries(
      [...block.matchAll(/--([\w-]+):(#[0-9a-f]+)/g)].map(([, name, hex]) => [name, hex]),
    ),
);

describe.each([
  ['light', light],
  ['dark', dark],
])('%s', (_, colors: Record<string, string>) => {
  const of = (name: string): string => colors[name] ?? 'missing';

  it.each(['ink', 'soft', 'good', 'bad', 'even', 'unsure'])(
    '%s text is readable on every ground',
    (text) => {
      for (const ground of ['paper', 'card', 'code']) {
        expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(4.5);
      }
    },
  );

  it.each(['good', 'bad', 'even'])('%s text is readable on its own wash', (text) => {
    expect(contrast(of(text), of(`${text}-wash`))).toBeGreaterThanOrEqual(4.5);
  });

  it('a solid chip is readable', () => {
    expect(contrast(of('card'), of('good'))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['good-fill', 'bad-fill'])('%s stands out from the card (WCAG 1.4.11)', (fill) => {
    expect(contrast(of(fill), of('card'))).toBeGreaterThanOrEqual(3);
  });
});

it('fetches nothing', () => {
  expect(STYLE).not.toMatch(/url\(|@import|@font-face|https?:/);
});
