import { describe, expect, it } from 'vitest';
import { barChart, pointChart } from '../../../shared/report/page/bars.ts';

describe('barChart', () => {
  it('is as long as its share of the scale, with its base and interval in place', () => {
    const svg = barChart({ value: 50, low: 40, high: 60, base: 80, tone: 'good' }, 200).toString();
    expect(svg).toContain('class="mark" x="0" y="4" width="25%"');
    expect(svg).toContain('class="whisker" x1="20%" x2="30%"');
    expect(svg).toContain('class="base" x1="40%" x2="40%"');
    expect(svg).not.toContain('class="cut"');
  });

  it('beyond the scale it is full and says so by an arrow', () => {
    const svg = barChart({ value: 500, low: 490, high: 510, tone: 'bad' }, 200).toString();
    expect(svg).toContain('width="100%" height="8"');
    expect(svg).toContain('class="cut"');
    expect(svg).not.toContain('whisker');
  });
});

describe('pointChart', () => {
  it('puts no difference in the middle of the zone of no change', () => {
    const svg = pointChart(
      { value: 0, low: -0.01, high: 0.01, tone: 'same' },
      0.02,
      0.005,
    ).toString();
    expect(svg).toContain('class="dot" cx="50%"');
    expect(svg).toContain('class="zone" x="37.5%" y="2" width="25%"');
    expect(svg).toContain('class="whisker" x1="25%" x2="75%"');
  });

  it.each([
    [-1, 'x="0%"', 'M7,'],
    [1, 'x="100%"', 'M-7,'],
  ])('%d lies beyond the scale: an arrow at its end', (value, x, arrow) => {
    const svg = pointChart({ value, tone: 'bad' }, 0.02, 0.005).toString();
    expect(svg).toContain(`<svg ${x} y="8" class="cut"><path d="${arrow}`);
    expect(svg).not.toContain('class="dot"');
  });
});
