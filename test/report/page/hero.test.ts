import { describe, expect, it } from 'vitest';
import { gatesSection, heroSection, modelHeader, tiles } from '../../../shared/report/page/hero.ts';
import { html } from '../../../shared/report/page/html.ts';
import { makeModel, makeReport, makeRow } from '../make-report.ts';
import { textOf } from './tags.ts';

const text = (value: Parameters<typeof html>[1]): string => textOf(html`${value}`.toString());
const int8 = makeRow({
  name: 'int8',
  size: { bytes: 45_000, base: 123_000 },
  latency: {
    ms: 1.2,
    baseMs: 2.6,
    ratio: 0.46,
    low: 0.44,
    high: 0.48,
    verdict: 'faster',
    sessions: 6,
    threads: 1,
    shapes: {},
  },
});

describe('heroSection', () => {
  it('one model: its name, the verdict, its sentence', () => {
    const model = makeModel({ recommended: 'int8', variants: [makeRow(), int8] });
    expect(text(heroSection(makeReport({ models: [model] })))).toBe(
      'digits OK int8 is recommended: 63.4% smaller, 2.17× faster.',
    );
    expect(text(modelHeader(model, makeReport({ models: [model] })))).toBe(
      'digits models/digits.onnx, onnx, 130 kB',
    );
  });

  it('more: the roll-up and a link to each', () => {
    const models = [makeModel(), makeModel({ name: 'b', verdict: 'regressed' })];
    const hero = html`${heroSection(makeReport({ models, verdict: 'regressed' }))}`.toString();
    expect(textOf(hero)).toContain('Regressed 2 models: 1 regressed, 1 OK.');
    expect(hero).toContain('<a href="#model-2" class="name">b</a>');
  });

  it('says what was compared with what', () => {
    const comparison = {
      kind: 'models',
      base: { label: 'main', commit: 'a'.repeat(40) },
      head: { label: 'feature' },
    } as const;
    expect(text(heroSection(makeReport({ comparison })))).toContain(
      `main ( ${'a'.repeat(12)} ) → feature`,
    );
  });
});

describe('tiles', () => {
  it('float32 is compared with the source where exact rewrites changed its size', () => {
    const base = makeRow({ size: { bytes: 123_000, base: 123_000 } });
    const size = (bytes: number): string =>
      text(tiles(makeModel({ variants: [base], source: { ...makeModel().source, bytes } })));
    expect(size(130_000)).toMatch(/^Size of float32 123 kB was 130 kB smaller −5\.4% /);
    expect(size(123_010)).toMatch(/^Size of float32 123 kB was 123 kB same ±0% /);
  });

  it('value, what it was, and what that means', () => {
    expect(text(tiles(makeModel({ recommended: 'int8', variants: [makeRow(), int8] })))).toBe(
      'Size of int8 45.0 kB was 123 kB, the source 130 kB smaller −63.4% Latency of int8 1.20 ms was 2.60 ms 2.17× faster −54.0% [−56.0, −52.0] Fidelity, cosine – not measured',
    );
  });

  it('speak of the variant that broke its budget, not of the recommended one', () => {
    const gate = {
      variant: 'int8',
      target: 'onnx',
      hardware: 'x64',
      metric: 'size',
      result: 'broken',
      sentence: '',
    } as const;
    expect(
      text(
        tiles(makeModel({ recommended: 'float32', gates: [gate], variants: [makeRow(), int8] })),
      ),
    ).toContain('Size of int8');
  });
});

it('gatesSection: broken first, each with its result in words', () => {
  const gate = { variant: 'int8', target: 'onnx', hardware: 'x64', metric: 'size' } as const;
  const gates = [
    { ...gate, budget: '1 B', result: 'kept', sentence: 'first' },
    { ...gate, budget: '1 B', result: 'broken', sentence: 'second' },
  ] as const;
  expect(text(gatesSection(makeModel({ gates: [...gates] })))).toBe(
    'Budgets int8 second (broken) int8 first (kept)',
  );
  expect(text(gatesSection(makeModel({})))).toBe('');
});
