import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { tableLines } from '../../shared/report/table-rows.ts';
import { makeModel, makeReport, makeRow } from './make-report.ts';

const plain = picocolors.createColors(false);
const latency = {
  ms: 1.2,
  baseMs: 2.4,
  ratio: 0.5,
  low: 0.45,
  high: 0.55,
  sessions: 6,
  threads: 2,
  shapes: {},
};
const report = makeReport();

describe('tableLines', () => {
  const model = makeModel({
    recommended: 'int8',
    variants: [
      makeRow(),
      makeRow({
        name: 'int8',
        size: { bytes: 45_000, base: 123_000 },
        latency: { ...latency, verdict: 'inconclusive' },
      }),
      makeRow({ name: 'int4', status: 'failed', reason: 'x', verdict: 'failed' }),
    ],
  });

  it('shows intervals and words where there is room', () => {
    expect(tableLines(model, report, 100, plain)).toEqual([
      '   variant  size               latency (2 threads)',
      '   float32   123 kB',
      '★  int8     45.0 kB  ↓ −63.4%  1.20 ms  −50.0%  [−55.0, −45.0]  ? inconclusive',
      '!  int4     failed',
    ]);
  });

  it('explains the question mark where there is no room for the word', () => {
    expect(tableLines(model, report, 44, plain)).toEqual([
      '  variant  size           latency',
      '  float32   123 kB',
      '★ int8     45.0 kB ↓−63%  1.20 ms ?−50%',
      '! int4     failed',
      '  ≈ same, ? inconclusive',
    ]);
  });

  it('against another model it shows both numbers', () => {
    const diff = makeReport({ comparison: { kind: 'models' } });
    const lines = tableLines(model, diff, 120, plain);
    expect(lines[2]).toContain('123 kB → 45.0 kB');
    expect(lines[2]).toContain('2.40 ms → 1.20 ms');
  });

  it('rows of several targets and hardwares read differently at every width', () => {
    const rows = ['int8-weights', 'int8-dynamic'].flatMap((name) =>
      ['x64', 'x64-vnni', 'arm64'].flatMap((hardware) =>
        ['onnx', 'ort'].map((target) =>
          makeRow({
            name,
            target,
            hardware,
            size: { bytes: 45_000, base: 123_000 },
            latency: { ...latency, verdict: 'slower' },
            accuracy: { metric: 'top1', value: 0.987, difference: -0.002, samples: 450 },
          }),
        ),
      ),
    );
    const several = makeModel({ variants: rows });
    for (const width of [140, 100, 80, 60, 44]) {
      const lines = tableLines(several, report, width, plain);
      const labels = lines.flatMap((line) => /int8-\S+( \S+)?/.exec(line)?.[0] ?? []);
      expect(new Set(labels).size, `${width} columns`).toBe(rows.length);
    }
    // At 80 columns they are still one line each.
    const lines = tableLines(several, report, 80, plain);
    expect(lines).toHaveLength(rows.length + 2);
    expect(lines[1]).toBe(
      '  int8-weights.onnx (x64)       45.0 kB ↓−63%  1.20 ms ↑−50%  98.7% −0.2',
    );
    expect(lines[4]).toContain('int8-weights.ort (x64-vnni) ');
  });

  it('one measurement a line in the narrowest', () => {
    const lines = tableLines(model, report, 20, plain);
    expect(lines).toContain('    latency 1.20 ms −50.0% inconclusive');
  });
});
