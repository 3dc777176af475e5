import { symbol, symbolStar } from 'd3-shape';
import { describe, expect, it } from 'vitest';
import { html } from '../../../shared/report/page/html.ts';
import { scatterSection } from '../../../shared/report/page/scatter.ts';
import type { VariantRow } from '../../../shared/report/schema.ts';
import { makeModel, makeRow } from '../make-report.ts';

const section = (variants: VariantRow[]): string =>
  html`${scatterSection(makeModel({ variants }))}`.toString();
const row = (name: string, ms: number, value: number, metric = 'top1'): VariantRow =>
  makeRow({
    name,
    artifact: { path: name, sha256: 'ab'.repeat(31) + name.slice(-2).padStart(2, '0'), bytes: 1 },
    latency: { ms, sessions: 6, threads: 1, shapes: {} },
    accuracy: { metric, value, samples: 100 },
  });

describe('scatterSection', () => {
  it('says in words what it shows', () => {
    expect(section([row('a0', 1, 0.9), row('a1', 2, 0.8)])).toContain(
      'aria-label="Scatter plot of top-1 against latency. a0: 1.00 ms, 90.0%; a1: 2.00 ms, 80.0%"',
    );
  });

  it('the best corner depends on the metric', () => {
    expect(section([row('a0', 1, 0.9), row('a1', 2, 0.8)])).toContain('upper left');
    expect(section([row('a0', 1, 0.9, 'mae'), row('a1', 2, 0.8, 'mae')])).toContain('lower left');
  });

  it('a slower variant lies farther right, a worse one lower', () => {
    const wide =
      section([row('a0', 1, 0.9), row('a1', 2, 0.8)]).split('class="plot narrow"')[0] ?? '';
    const places = [...wide.matchAll(/translate\(([\d.]+),([\d.]+)\)/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]);
    const [[x0 = 0, y0 = 0] = [], [x1 = 0, y1 = 0] = []] = places;
    expect(places).toHaveLength(2);
    expect(x1).toBeGreaterThan(x0);
    expect(y1).toBeGreaterThan(y0);
  });

  it('the same artifact is drawn once, one point alone not at all', () => {
    const twin = { ...row('a0', 1, 0.9), name: 'auto' };
    expect(section([row('a0', 1, 0.9), twin])).toBe('');
    expect(section([makeRow()])).toBe('');
  });

  it('the star is the recommended one’s alone, in words too', () => {
    const variants = [0, 1, 2, 3, 4, 5].map((i) => row(`a${i}`, 1 + i, 0.9 - i / 100));
    const draw = (recommended: string | null): string =>
      html`${scatterSection(makeModel({ variants, recommended }))}`.toString();
    const star = (text: string): number =>
      text.split(symbol(symbolStar, 190)() ?? '').length +
      text.split(symbol(symbolStar, 110)() ?? '').length -
      2;
    expect(star(draw(null))).toBe(0);
    expect(draw(null)).not.toContain('★');
    // One in each of the two drawings.
    expect(star(draw('a1'))).toBe(2);
    expect(draw('a1')).toContain('a1 (recommended): 2.00 ms');
    expect(draw('a1')).toContain('★ is the recommended one.');
    // Auto repeats what it chose: the mark of that row has the star.
    const twin = { ...row('a1', 1, 0.9), name: 'auto' };
    const both = makeModel({ variants: [...variants, twin], recommended: 'auto' });
    expect(html`${scatterSection(both)}`.toString()).toContain('a1 (recommended): 2.00 ms');
  });

  it('forty variants keep few labels', () => {
    const rows = Array.from({ length: 40 }, (_, i) =>
      row(`v${String(i).padStart(2, '0')}`, 1 + i, 0.9 - i / 100),
    );
    const wide = section(rows).split('class="plot narrow"')[0] ?? '';
    expect(wide.match(/class="label"/g)?.length).toBeLessThanOrEqual(10);
    expect(wide.match(/class="sym"/g)).toHaveLength(40);
  });
});
