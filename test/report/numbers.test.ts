import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatChange,
  formatCount,
  formatDuration,
  formatFraction,
  formatInterval,
  formatMs,
  formatNearOne,
  formatNumber,
  formatPoints,
  formatSpeed,
  formatUsd,
  threeDigits,
} from '../../shared/report/numbers.ts';

describe('numbers', () => {
  it.each([
    [formatBytes, 0, '0 B'],
    [formatBytes, 45, '45 B'],
    [formatBytes, 999_499, '999 kB'],
    [formatBytes, 999_600, '1.00 MB'],
    [formatBytes, 45_000_000, '45.0 MB'],
    [formatMs, 0.0123, '12.3 µs'],
    [formatMs, 1.234, '1.23 ms'],
    [formatMs, 999.6, '1.00 s'],
    [formatChange, 0.366, '−63.4%'],
    [formatChange, 1.02, '+2.0%'],
    [formatChange, 1, '±0%'],
    [formatChange, 0.9999, '−0.01%'],
    [formatChange, 2.5, '+150%'],
    [formatSpeed, 0.46, '2.17× faster'],
    [formatSpeed, 1.4, '1.40× slower'],
    [formatDuration, 12.34, '12.3 s'],
    [formatDuration, 125, '2 min 5 s'],
    [formatDuration, 3840, '1 h 4 min'],
    [formatNumber, 0, '0'],
    [formatNumber, -0.012, '−0.0120'],
    [formatNumber, 1234.5, '1,235'],
    [formatNumber, 1e-4, '1.00e−4'],
    [formatNearOne, 1, '1'],
    [formatNearOne, 0.99987, '0.99987'],
    [formatNearOne, 0.9, '0.900'],
    [formatNearOne, 0.999998, '0.999998'],
    [formatCount, 1_234_567, '1,234,567'],
    [formatUsd, 0.00421, '$0.0042'],
    [formatUsd, 0.00004, '<$0.0001'],
    [formatUsd, 0, '$0.0000'],
    [formatUsd, 1.254, '$1.25'],
    [formatUsd, 1234.4, '$1,234'],
    [threeDigits, 9.999, '10.0'],
  ])('%o of %d', (format, value, text) => {
    expect(format(value)).toBe(text);
  });

  it('prints as many decimals of a fraction as the samples can resolve', () => {
    expect(formatFraction(0.98113, 212)).toBe('98.1%');
    expect(formatFraction(0.98113, 10_000)).toBe('98.11%');
    expect(formatPoints(-0.002, 212)).toBe('−0.2 pp');
    expect(formatPoints(0, 212)).toBe('±0 pp');
  });

  it('prints both bounds of an interval alike', () => {
    expect(formatInterval(0.979, 1.003, formatChange)).toBe('[−2.1%, +0.3%]');
  });

  it('three digits stay within half a unit of the third', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (value) => {
        const printed = Number(threeDigits(value));
        expect(Math.abs(printed - value)).toBeLessThanOrEqual(value * 0.005 * (1 + 1e-9));
      }),
    );
  });
});
