import { describe, expect, it } from 'vitest';
import type { Gate, Latency } from '../../shared/report/schema.ts';
import { whatDecides } from '../../shared/report/what-decides.ts';
import { makeRow } from './make-report.ts';

const gate = (metric: Gate['metric'], change: Partial<Gate> = {}): Gate => ({
  variant: 'int8',
  target: 'onnx',
  hardware: 'x64',
  metric,
  result: 'inconclusive',
  sentence: '',
  ...change,
});
const latency = (ratio: number, half: number): Latency => ({
  ms: 1,
  ratio,
  low: ratio * Math.exp(-half),
  high: ratio * Math.exp(half),
  sessions: 20,
  threads: 1,
  shapes: {},
  verdict: 'inconclusive',
});

describe('whatDecides', () => {
  it('samples, where the measurement knows how many', () => {
    const accuracy = { metric: 'top1', value: 0.9, samples: 132, neededSamples: 3100 };
    expect(whatDecides(gate('accuracy'), makeRow({ accuracy }))).toBe(
      'about 3,100 samples would decide, there are 132',
    );
    const { neededSamples: _, ...unknown } = accuracy;
    expect(whatDecides(gate('accuracy'), makeRow({ accuracy: unknown }))).toBeUndefined();
  });

  it('pairs: twice as far from the limit as the interval is wide takes a quarter more', () => {
    // Estimate at the base, limit at +5 %, half of the interval twice that distance: four times the pairs.
    const row = makeRow({ latency: latency(1, 2 * Math.log(1.05)) });
    expect(whatDecides(gate('latency', { budget: '+5%' }), row)).toMatch(
      /^about 81 pairs of sessions would decide, there were 20: more `seconds` or/,
    );
  });

  it('without a budget the limit is that of "slower"', () => {
    const row = makeRow({ latency: latency(1.03, 0.04) });
    const pairs = Math.ceil(20 * (0.04 / (Math.log(1.03) - Math.log(1.01))) ** 2) + 1;
    expect(whatDecides(gate('latency'), row)).toContain(`about ${pairs} pairs`);
  });

  it('nothing does where the change lies at the limit', () => {
    const row = makeRow({ latency: latency(1.0499, 0.05) });
    expect(whatDecides(gate('latency', { budget: '+5%' }), row)).toContain('no time decides it');
  });

  it('another machine, where this one cannot run it; nothing where it is decided', () => {
    const row = makeRow({ unmeasured: 'needs 12 GB' });
    expect(whatDecides(gate('latency', { result: 'not-measured' }), row)).toBe('needs 12 GB');
    expect(whatDecides(gate('latency', { result: 'kept' }), row)).toBeUndefined();
    expect(whatDecides(gate('size'), makeRow())).toBeUndefined();
  });
});
