import { describe, expect, it } from 'vitest';
import { modelDetails } from '../../shared/report/markdown-model.ts';
import { githubHtml } from './github-html.ts';
import { makeModel, makeRow } from './make-report.ts';

const all = { rows: Number.POSITIVE_INFINITY, notes: true };
const latency = {
  ms: 1.2,
  baseMs: 2.4,
  ratio: 0.5,
  low: 0.45,
  high: 0.55,
  sessions: 6,
  threads: 1,
  shapes: {},
};

describe('modelDetails', () => {
  it('a row that gates nothing has no verdict, one that failed has', () => {
    const model = makeModel({
      variants: [
        makeRow(),
        makeRow({ name: 'int4', status: 'failed', reason: 'because', verdict: 'failed' }),
      ],
    });
    expect(modelDetails(model, false, all)[2]).toBe(
      [
        '| variant | size |  |',
        '| :-- | --: | :-- |',
        '| `float32` | 123\u00a0kB |  |',
        '| `int4` | failed | 🛑 failed |',
      ].join('\n'),
    );
  });

  it('against another model the table shows base → head', () => {
    const row = makeRow({
      size: { bytes: 45_000, base: 123_000 },
      latency: { ...latency, verdict: 'faster' },
    });
    const [, , table] = modelDetails(makeModel({ variants: [row] }), true, all);
    expect(table?.replaceAll('\u00a0', ' ')).toContain(
      '| `float32` | 123 kB → 45.0 kB<br>↓ −63.4% | 2.40 ms → 1.20 ms<br>↓ −50.0% [−55.0, −45.0]<br>faster |',
    );
  });

  it('keeps the judged rows when only some fit', () => {
    const variants = ['a', 'b', 'c'].map((name) => makeRow({ name }));
    const model = makeModel({
      variants: [...variants, makeRow({ name: 'bad', verdict: 'regressed' })],
    });
    const [, , table, more] = modelDetails(model, false, { rows: 2, notes: false });
    expect(table).toContain('`a`');
    expect(table).toContain('`bad`');
    expect(table).not.toContain('`b`');
    expect(more).toBe('and 2 more variants');
  });

  it('is folded behind the name, as text', () => {
    const model = makeModel({ name: '<b>&amp;@all' });
    const html = githubHtml(modelDetails(model, false, all).join('\n\n'));
    expect(html).toContain(
      '<details><summary>✅ <code>&#x3C;b>&#x26;amp;@all</code>: 1 variant</summary>',
    );
  });

  it('bars are as long as the sizes, and one of nothing is seen', () => {
    const variants = [10_000, 5000, 1].map((bytes, i) =>
      makeRow({ name: `v${i}`, size: { bytes } }),
    );
    const blocks = modelDetails(makeModel({ variants }), false, { ...all, bars: true });
    const bars = blocks.join('\n').match(/[█▏▎▍▌▋▊▉]+/g) ?? [];
    expect(bars).toEqual(['█'.repeat(24), '█'.repeat(12), '▏']);
  });

  it('a reason stands above, not twice', () => {
    const model = makeModel({ verdict: 'failed', reason: 'x.pt is no model', variants: [] });
    expect(modelDetails(model, false, all).join('\n')).not.toContain('no model');
  });
});
