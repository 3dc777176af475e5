import { describe, expect, it } from 'vitest';
import { headline, leadingRow, summary } from '../../shared/report/headline.ts';
import type { ModelReport, VariantRow } from '../../shared/report/schema.ts';
import { makeModel, makeReport, makeRow } from './make-report.ts';

const int8: VariantRow = makeRow({
  name: 'int8',
  size: { bytes: 45_000, base: 123_000 },
  latency: { ms: 1.2, ratio: 0.46, verdict: 'faster', sessions: 6, threads: 1, shapes: {} },
  accuracy: {
    metric: 'top1',
    value: 0.98,
    base: 0.982,
    difference: -0.002,
    samples: 212,
    verdict: 'same',
  },
});

describe('headline', () => {
  it.each<[string, Partial<ModelReport>, string]>([
    [
      'a recommendation',
      { recommended: 'int8', variants: [makeRow(), int8] },
      'int8 is recommended: 63.4% smaller, 2.17× faster, the same top-1 (98.0%).',
    ],
    [
      'nothing better than float32',
      { recommended: 'float32', variants: [makeRow(), int8] },
      'float32 is recommended: no smaller variant is as right and as fast.',
    ],
    [
      'nothing proved to be better than float32',
      {
        recommended: 'float32',
        variants: [makeRow(), int8],
        auto: {
          seconds: 1,
          reason: 'int8 is faster, but 80 samples cannot show it',
          candidates: [],
        },
      },
      'float32 is recommended: int8 is faster, but 80 samples cannot show it.',
    ],
    [
      'no data',
      { recommended: null, data: { synthetic: true } },
      'No variant is recommended: without data its accuracy is unknown.',
    ],
    [
      'a conversion that is wrong',
      { source: { ...makeModel().source, agrees: false }, recommended: 'float32' },
      'The check of the conversion failed.',
    ],
    [
      'a wrong conversion of the base',
      { base: { path: 'a', format: 'keras', verified: 'DOES NOT AGREE', agrees: false } },
      'The check of the base’s conversion failed.',
    ],
    ['a reason of the whole model', { reason: 'not a model', variants: [] }, 'not a model'],
    ['added', { change: 'added' }, 'New: float32, 123 kB.'],
    ['removed', { change: 'removed', variants: [] }, 'The model was removed.'],
    [
      'the shipped variant is missing',
      { verdict: 'failed', ship: 'int4', recommended: null },
      'int4 was to be shipped and could not be made.',
    ],
    [
      'nothing made',
      { variants: [makeRow({ status: 'failed', reason: 'x' })] },
      'Nothing could be made of this model.',
    ],
  ])('%s', (_, change, text) => {
    expect(headline(makeModel(change))).toBe(text);
  });

  it('broken budgets come before any praise', () => {
    const gate = {
      variant: 'int8',
      target: 'onnx',
      hardware: 'x64',
      result: 'broken',
      sentence: '',
    } as const;
    const gates = [
      { ...gate, metric: 'size', budget: '-70%' },
      { ...gate, metric: 'latency', budget: '+0%' },
    ] as const;
    expect(headline(makeModel({ recommended: 'int8', gates: [...gates] }))).toBe(
      'int8 is over budget: size, latency.',
    );
    expect(headline(makeModel({ gates: [{ ...gate, metric: 'accuracy' }] }))).toBe(
      'int8 is worse than the base in accuracy.',
    );
  });
});

it('the leading row was made, and timed where one was', () => {
  const arm = makeRow({ name: 'int8', hardware: 'arm64' });
  const unmade = makeRow({ name: 'int4', status: 'skipped' });
  expect(leadingRow(makeModel({ recommended: 'int8', variants: [arm, int8] }))).toBe(int8);
  expect(leadingRow(makeModel({ recommended: 'int4', variants: [unmade, int8] }))).toBe(int8);
  expect(leadingRow(makeModel({ variants: [unmade] }))).toBeUndefined();
});

it.each([
  [[], 'No models.'],
  [['ok'], '1 model, all OK.'],
  [['ok', 'failed', 'regressed', 'ok'], '4 models: 1 failed, 1 regressed, 2 OK.'],
] as const)('summary of %j', (verdicts, text) => {
  const models = verdicts.map((verdict) => makeModel({ verdict }));
  expect(summary(makeReport({ models }))).toBe(text);
});
