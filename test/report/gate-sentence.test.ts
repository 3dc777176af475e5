import { describe, expect, it } from 'vitest';
import { gateSentence } from '../../shared/report/gate-sentence.ts';
import { makeRow } from './make-report.ts';

describe('gateSentence', () => {
  const row = makeRow({
    size: { bytes: 45_000, base: 123_000 },
    accuracy: {
      metric: 'mae',
      value: 1.05,
      base: 1,
      difference: 0.05,
      low: 0.03,
      high: 0.07,
      samples: 9,
    },
    latency: { ms: 2, sessions: 6, threads: 1, shapes: {} },
  });

  it.each([
    ['size', '-70%', 'broken', undefined, 'size 45.0 kB (−63.4%), budget −70%: broken'],
    [
      'accuracy',
      undefined,
      'broken',
      undefined,
      'accuracy 1.05 (+0.0500 [+0.0300, +0.0700]): worse than the base',
    ],
    [
      'latency',
      '1 ms',
      'inconclusive',
      'latency has no interval',
      'latency 2.00 ms, budget 1 ms: inconclusive, latency has no interval',
    ],
    ['fidelity', '0.9', 'not-measured', 'not measured', 'fidelity: not measured, budget 0.9'],
  ] as const)('%s', (metric, budget, result, why, sentence) => {
    expect(gateSentence(row, metric, budget, result, why)).toBe(sentence);
  });
});
