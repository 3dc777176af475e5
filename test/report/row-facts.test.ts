import { describe, expect, it } from 'vitest';
import {
  accuracyFact,
  accuracyTitle,
  fidelityFact,
  fidelityTitle,
  latencyFact,
  rowLabel,
  sizeFact,
} from '../../shared/report/row-facts.ts';
import { makeRow } from './make-report.ts';

describe('sizeFact', () => {
  it.each([
    [{ bytes: 45_000 }, { value: '45.0 kB', tone: 'none' }],
    [
      { bytes: 45_000, base: 90_000 },
      { change: '−50.0%', arrow: '↓', word: 'smaller', tone: 'good' },
    ],
    [
      { bytes: 99_000, base: 90_000 },
      { change: '+10.0%', arrow: '↑', word: 'larger', tone: 'bad' },
    ],
    [
      { bytes: 90_100, base: 90_000 },
      { change: '+0.1%', arrow: '≈', word: 'same', tone: 'same' },
    ],
  ])('%j', (size, fact) => {
    expect(sizeFact(size)).toMatchObject(fact);
  });
});

describe('latencyFact', () => {
  const timed = { ms: 1.2, sessions: 6, threads: 1, shapes: {} };

  it('without a base there is a time and nothing else', () => {
    expect(latencyFact(timed)).toEqual({ value: '1.20 ms', tone: 'none' });
  });

  it.each([
    ['faster', '↓', 'good', 'faster'],
    ['slower', '↑', 'bad', 'slower'],
    ['same', '≈', 'same', 'same'],
    ['inconclusive', '?', 'unsure', 'inconclusive'],
    ['not-comparable', undefined, 'none', 'not comparable'],
  ] as const)('%s', (verdict, arrow, tone, word) => {
    const fact = latencyFact({ ...timed, ratio: 0.5, low: 0.4, high: 0.6, verdict });
    expect(fact).toMatchObject({ tone, word, change: '−50.0%', interval: '[−60.0%, −40.0%]' });
    expect(fact?.arrow).toBe(arrow);
  });
});

describe('accuracyFact', () => {
  const top1 = { metric: 'top1', value: 0.9, base: 0.8, difference: 0.1, samples: 50 };

  it('an arrow says where the number went, the tone whether that is good', () => {
    expect(accuracyFact({ ...top1, verdict: 'better' })).toMatchObject({
      arrow: '↑',
      tone: 'good',
    });
    expect(accuracyFact({ ...top1, verdict: 'worse' })).toMatchObject({ arrow: '↓', tone: 'bad' });
    expect(accuracyFact({ ...top1, metric: 'cer', verdict: 'better' })).toMatchObject({
      arrow: '↓',
      tone: 'good',
    });
  });

  it('is absent where nothing was measured', () => {
    expect([accuracyFact(undefined), latencyFact(undefined), fidelityFact({})]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('labels', () => {
  const int8 = makeRow({ name: 'int8' });
  it.each([
    ['alone', int8, [], 'int8'],
    ['two hardwares', int8, [makeRow({ name: 'int8', hardware: 'arm64' })], 'int8 (x64)'],
    ['two targets', int8, [makeRow({ name: 'int8', target: 'ort' })], 'int8.onnx'],
    ['another variant', int8, [makeRow({ target: 'ort' })], 'int8'],
  ])('%s', (_, row, others, label) => {
    expect(rowLabel(row, [row, ...others])).toBe(label);
  });

  it('the accuracy column names metric and samples', () => {
    const accuracy = { metric: 'top1', value: 1, samples: 1252 };
    expect(accuracyTitle([makeRow(), makeRow({ accuracy })])).toBe('top-1, 1,252 samples');
    expect(accuracyTitle([makeRow()])).toBeUndefined();
  });
});

describe('fidelityTitle', () => {
  const row = (synthetic?: boolean) =>
    makeRow({ fidelity: { cosine: 1, ...(synthetic !== undefined && { synthetic }) } });
  it('says on what', () => {
    expect(fidelityTitle([makeRow(), row()])).toBe('cosine');
    expect(fidelityTitle([row(), row(true)])).toBe('cosine on synthetic inputs');
    expect(fidelityTitle([makeRow({ fidelity: { agreement: 1 } })])).toBeUndefined();
  });
});
