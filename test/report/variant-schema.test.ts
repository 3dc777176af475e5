import { describe, expect, it } from 'vitest';
import { variantRowSchema } from '../../shared/report/variant-schema.ts';
import { makeRow } from './make-report.ts';

describe('a variant row', () => {
  it('needs no measurement, only what it is and its verdict', () => {
    const row = {
      name: 'int4',
      target: 'onnx',
      hardware: 'x64',
      status: 'skipped',
      reason: 'no MatMul or Gather to quantize in 4 bits',
      notes: [],
      verdict: 'ok',
    };
    expect(variantRowSchema.parse(row)).toEqual(row);
  });

  it.each([
    ['status', { status: 'maybe' }],
    [
      'latency verdict',
      { latency: { ms: 1, sessions: 6, threads: 1, shapes: {}, verdict: 'quick' } },
    ],
    ['accuracy verdict', { accuracy: { metric: 'top1', value: 1, samples: 1, verdict: 'great' } }],
  ])('refuses an unknown %s', (_, change) => {
    expect(variantRowSchema.safeParse({ ...makeRow(), ...change }).success).toBe(false);
  });
});
