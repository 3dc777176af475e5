import { describe, expect, it } from 'vitest';
import { modelBlocks, modelLine } from '../../shared/report/markdown-model.ts';
import { makeModel, makeReport, makeRow } from './make-report.ts';

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

describe('modelBlocks', () => {
  it('a row that gates nothing has no verdict, one that failed has', () => {
    const model = makeModel({
      variants: [
        makeRow(),
        makeRow({ name: 'int4', status: 'failed', reason: 'because', verdict: 'failed' }),
      ],
    });
    expect(modelBlocks(model, makeReport(), all)[2]).toBe(
      [
        '| variant | size |  |',
        '| :-- | --: | :-- |',
        '| `float32` | 123 kB |  |',
        '| `int4` | failed | 🛑 failed |',
      ].join('\n'),
    );
  });

  it('against another model the table shows base → head', () => {
    const row = makeRow({
      size: { bytes: 45_000, base: 123_000 },
      latency: { ...latency, verdict: 'faster' },
    });
    const [, , table] = modelBlocks(
      makeModel({ variants: [row] }),
      makeReport({ comparison: { kind: 'models' } }),
      all,
    );
    expect(table).toContain(
      '| `float32` | 123 kB → 45.0 kB<br>−63.4% | 2.40 ms → 1.20 ms<br>−50.0% [−55.0, −45.0]<br>**faster** |',
    );
  });

  it('keeps the judged rows when only some fit', () => {
    const variants = ['a', 'b', 'c'].map((name) => makeRow({ name }));
    const model = makeModel({
      variants: [...variants, makeRow({ name: 'bad', verdict: 'regressed' })],
    });
    const [, , table, more] = modelBlocks(model, makeReport(), { rows: 2, notes: false });
    expect(table).toContain('`a`');
    expect(table).toContain('`bad`');
    expect(table).not.toContain('`b`');
    expect(more).toBe('and 2 more variants');
  });
});

it('modelLine: icon, name, verdict, why', () => {
  const failed = makeModel({ verdict: 'failed', reason: 'models/x.pt is no model', variants: [] });
  expect(modelLine(failed)).toBe('- 🛑 `digits` failed: models/x.pt is no model');
});
