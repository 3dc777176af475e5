import { describe, expect, it } from 'vitest';
import { concerns, overviewTable } from '../../shared/report/markdown-overview.ts';
import { pullReport } from './golden-pull.ts';
import { makeModel, makeRow } from './make-report.ts';

const calm = (text: string): string => text.replaceAll('\u00a0', ' ');
const lineOf = (name: string, isShort = false): string =>
  calm(overviewTable(pullReport.models, isShort))
    .split('\n')
    .find((line) => line.includes(`\`${name}\``)) ?? '';

describe('overviewTable', () => {
  it.each([
    ['vad', '| ✅ | `vad`<br>`int8` | 1.81 MB → 612 kB<br>↓ −66.2%<br>✅ budget +0% |'],
    ['segmentation', '`segmentation`<br>was `models/old/segmentation-v1.onnx` |'],
    ['keywords', '| ✅ | `keywords`<br>`float32`, new | 311 kB |  | top-1<br>94.20% |'],
    ['legacy', '| ➖ | `legacy`<br>removed | 130 kB → – |  |  |'],
    ['checkpoint', '| 🛑 | `checkpoint`<br>unreadable | 130 kB → 44.7 MB |  |  |'],
  ])('%s', (name, line) => {
    expect(lineOf(name)).toContain(line);
  });

  it('of several variants the one that the verdict is about', () => {
    expect(lineOf('digits')).toContain('| ❌ | `digits`<br>`int8` |');
    const open = makeRow({ name: 'int4', verdict: 'inconclusive' });
    const model = makeModel({ verdict: 'inconclusive', variants: [makeRow(), open] });
    expect(overviewTable([model], false)).toContain('`digits`<br>`int4`');
  });

  it('short: a line a model, and what is broken is still seen', () => {
    expect(lineOf('digits', true)).toBe(
      '| ❌ | `digits` `int8` | 45.0 kB → 46.2 kB ↑ +2.7% | 52.7 µs → 59.1 µs ↑ +12.1% ❌ | top-1 98.08% → 98.00% ≈ −0.08 pp |',
    );
  });

  it('no column for what nobody measured', () => {
    expect(overviewTable([makeModel()], false)).toMatch(/^\| {2}\| model \| size \|\n/);
    expect(overviewTable([], false)).toBe('');
  });
});

describe('concerns', () => {
  it('what would decide stands behind what is inconclusive; what is fine is not listed', () => {
    const text = concerns(pullReport.models, 40);
    expect(text).toContain('⚠️ `ocr/recognizer` accuracy');
    expect(text).toContain('inconclusive; about 3,100 samples would decide, there are 132');
    expect(text).toContain('❌ `digits` `int8` latency');
    expect(text).not.toMatch(/vad|keywords|legacy/);
  });

  it('are counted where they are too many', () => {
    const failed = makeModel({ verdict: 'failed', reason: 'no model', variants: [] });
    expect(concerns([failed, failed, failed], 1)).toBe('- 🛑 `digits` no model\n- and 2 more');
    expect(concerns([makeModel()], 5)).toBe('');
  });

  it('a shipped row that could not be run says why', () => {
    const row = makeRow({ verdict: 'inconclusive', unmeasured: 'needs 12 GB' });
    expect(concerns([makeModel({ verdict: 'inconclusive', variants: [row] })], 5)).toBe(
      '- ⚠️ `digits` `float32` needs 12 GB',
    );
  });
});
