import { describe, expect, it } from 'vitest';
import { html } from '../../../shared/report/page/html.ts';
import { variantsSection } from '../../../shared/report/page/variants.ts';
import type { ModelReport } from '../../../shared/report/schema.ts';
import { makeModel, makeRow } from '../make-report.ts';
import { textOf } from './tags.ts';

const section = (change: Partial<ModelReport>): string =>
  html`${variantsSection(makeModel(change))}`.toString();
const latency = {
  ms: 100,
  baseMs: 100,
  ratio: 1,
  low: 0.98,
  high: 1.02,
  sessions: 6,
  threads: 4,
  shapes: {},
};

describe('variantsSection', () => {
  it('a skipped row gives its reason across the columns', () => {
    const text = section({
      variants: [
        makeRow(),
        makeRow({ name: 'int4', status: 'skipped', reason: 'nothing to gain' }),
      ],
    });
    expect(text).toContain('colspan="3"');
    expect(textOf(text)).toContain('int4 skipped nothing to gain');
  });

  it('one very slow variant does not flatten the others: it is cut', () => {
    const slow = {
      ...latency,
      ms: 10_000,
      ratio: 100,
      low: 99,
      high: 101,
      verdict: 'slower' as const,
    };
    const text = section({
      variants: [makeRow({ latency }), makeRow({ name: 'slow', latency: slow })],
    });
    // The scale ends at 2.5 times the base: the base's bar is 40 % long.
    expect(text).toContain('class="mark" x="0" y="4" width="40%"');
    expect(text).toContain('class="cut"');
  });

  it('titles name threads, metric and samples; without accuracy the fidelity', () => {
    const accuracy = { metric: 'top1', value: 0.9, samples: 1252 };
    expect(textOf(section({ variants: [makeRow({ latency, accuracy })] }))).toContain(
      'Variant Size Latency, 4 threads Accuracy, top-1, 1,252 samples',
    );
    const fidelity = textOf(section({ variants: [makeRow({ fidelity: { cosine: 0.9987 } })] }));
    expect(fidelity).toContain('Latency Fidelity, smallest cosine');
    expect(fidelity).not.toContain('synthetic');
    const synthetic = makeRow({ fidelity: { cosine: 0.9987, synthetic: true } });
    expect(textOf(section({ variants: [synthetic] }))).toContain(
      'Fidelity, smallest cosine on synthetic inputs',
    );
    expect(fidelity).toContain('not measured');
    expect(fidelity).toContain('0.9987');
  });

  it('marks the recommended row, and the verdict of those that gate', () => {
    const gate = {
      variant: 'int8',
      target: 'onnx',
      hardware: 'x64',
      metric: 'size',
      result: 'kept',
      sentence: '',
    } as const;
    const text = textOf(
      section({
        recommended: 'int8',
        gates: [gate],
        variants: [makeRow(), makeRow({ name: 'int8' })],
      }),
    );
    expect(text).toMatch(/float32 123 kB not measured not measured int8 recommended ok/);
  });

  it('no rows, no section', () => {
    expect(section({ variants: [] })).toBe('');
  });
});
