import { describe, expect, it } from 'vitest';
import { html } from '../../../shared/report/page/html.ts';
import { layersSection } from '../../../shared/report/page/layers.ts';
import type { VariantRow } from '../../../shared/report/schema.ts';
import { makeModel, makeRow } from '../make-report.ts';
import { textOf } from './tags.ts';

const section = (row: Partial<VariantRow>): string =>
  html`${layersSection(makeModel({ variants: [makeRow(), makeRow({ name: 'int8', ...row })] }))}`.toString();
const layers = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ node: `conv${i}`, op: 'Conv', damage: i }));

describe('layersSection', () => {
  it('the most sensitive layer comes first, the tail is folded', () => {
    const page = section({
      sensitivity: { measure: 'relative output error', samples: 64, layers: layers(30) },
    });
    expect(page.indexOf('>conv29<')).toBeLessThan(page.indexOf('>conv28<'));
    expect(page.indexOf('18 more layers')).toBeLessThan(page.indexOf('>conv17<'));
    expect(page.indexOf('18 more layers')).toBeGreaterThan(page.indexOf('>conv18<'));
    expect(textOf(page)).toContain('relative output error, on 64 samples');
  });

  it('thousands of layers do not make a huge page', () => {
    const page = section({ sensitivity: { measure: 'x', layers: layers(5000) } });
    expect(page.length).toBeLessThan(100_000);
    expect(page).toContain('4,800 layers with less damage are in report.json');
  });

  it('lists what was kept, why, and what does not fuse', () => {
    const page = textOf(
      section({
        keptInFloat: [
          { node: 'head', op: 'Gemm', precision: 'float32', reason: 'largest damage', damage: 0.2 },
        ],
        coverage: {
          nodes: { int8: 38, float32: 3 },
          notFused: [{ node: 'pool', op: 'MaxPool', reason: 'scales differ', estimatedMs: 0.5 }],
        },
      }),
    );
    expect(page).toContain(
      '1 node was kept in a higher precision. Nodes run 38 in int8, 3 in float32.',
    );
    expect(page).toContain('head Gemm float32 largest damage 0.200');
    expect(page).toContain(
      'pool (MaxPool): scales differ, about 500 µs of conversions (estimated)',
    );
  });

  it('is left out where nothing is known', () => {
    expect(section({})).toBe('');
  });
});
