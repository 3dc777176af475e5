/** Numbers as every renderer prints them: three digits that matter, a real minus sign, one unit style. */

/** U+2212: as wide as a plus, so that columns of changes line up. */
export const MINUS = '−';

/** `45 B`, `1.23 kB`, `45.0 MB`: decimal units, three digits. */
export function formatBytes(bytes: number): string {
  return withUnit(bytes, [
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
    [1, 'B'],
  ]);
}

/** `820 ns`, `12.3 µs`, `1.23 ms`, `2.50 s` from milliseconds. */
export function formatMs(ms: number): string {
  return withUnit(ms, [
    [1e3, 's'],
    [1, 'ms'],
    [1e-3, 'µs'],
    [1e-6, 'ns'],
  ]);
}

/** `12.3 s`, `2 min 5 s`, `1 h 4 min` from seconds. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${threeDigits(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}

/** US dollars: `$0.0042`, `$1.25`, `$1,234`; less than a hundredth of a cent is `<$0.0001`. */
export function formatUsd(usd: number): string {
  if (usd > 0 && usd < 0.0001) return '<$0.0001';
  if (usd >= 1000) return `$${formatCount(Math.round(usd))}`;
  return `$${usd.toFixed(usd < 0.1 ? 4 : 2)}`;
}

/** `1,234,567`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** A ratio as a change: 0.366 gives `−63.4%`, 1.02 gives `+2.0%`, exactly 1 gives `±0%`. */
export function formatChange(ratio: number): string {
  return `${formatSigned((ratio - 1) * 100, changeDecimals((ratio - 1) * 100))}%`;
}

/** `2.17× faster` or `1.40× slower` from variant / base. */
export function formatSpeed(ratio: number): string {
  return ratio <= 1 ? `${threeDigits(1 / ratio)}× faster` : `${threeDigits(ratio)}× slower`;
}

/** A fraction in percent: `98.1%`; two decimals where more than 1,000 samples can resolve them. */
export function formatFraction(value: number, samples = 0): string {
  return `${(value * 100).toFixed(samples > 1000 ? 2 : 1)}%`;
}

/** A difference of fractions in percentage points: `−0.2 pp`. */
export function formatPoints(difference: number, samples = 0): string {
  return `${formatSigned(difference * 100, samples > 1000 ? 2 : 1)} pp`;
}

/** A plain measured number: three digits that matter, exponents outside 0.001 … 1,000,000. */
export function formatNumber(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return minus(value.toExponential(2));
  if (size >= 1000) return minus(Math.round(value).toLocaleString('en-US'));
  return minus(threeDigits(value));
}

/** A cosine or another fraction near 1: enough nines to see the difference, `0.99987`. */
export function formatNearOne(value: number): string {
  const gap = Math.abs(1 - value);
  if (gap === 0) return '1';
  const decimals = Math.min(9, Math.max(3, Math.ceil(-Math.log10(gap)) + 1));
  return minus(value.toFixed(decimals).replace(/(\.\d{3,}?)0+$/, '$1'));
}

/** `+1.5`, `−1.5`, `±0`; what rounds to zero but is none keeps its sign. */
export function formatSigned(value: number, decimals: number): string {
  if (value === 0) return '±0';
  return `${value < 0 ? MINUS : '+'}${Math.abs(value).toFixed(decimals)}`;
}

/** `[−2.1%, +0.3%]`, each bound by the same format. */
export function formatInterval(
  low: number,
  high: number,
  format: (bound: number) => string,
): string {
  return `[${format(low)}, ${format(high)}]`;
}

/** Three significant digits without an exponent: 1.23, 12.3, 123, 1230. */
export function threeDigits(value: number): string {
  // Rounded first: 9.999 is 10.0 and 999.6 is 1000, not 10.00 and 999.6.
  const rounded = Number(value.toPrecision(3));
  if (rounded === 0) return '0';
  const decimals = 2 - Math.floor(Math.log10(Math.abs(rounded)));
  return (decimals < 0 ? value : rounded).toFixed(Math.max(0, Math.min(20, decimals)));
}

function withUnit(value: number, units: readonly (readonly [number, string])[]): string {
  if (value === 0) return `0 ${units.find(([size]) => size === 1)?.[1] ?? ''}`.trimEnd();
  const last = units.at(-1);
  for (const [size, unit] of units) {
    // 999.9 kB is 1.00 MB: the unit is chosen by the rounded number.
    if (Math.abs(value) >= size * 0.9995 || unit === last?.[1]) {
      const scaled = value / size;
      return `${size === 1 && unit === 'B' ? Math.round(scaled) : threeDigits(scaled)} ${unit}`;
    }
  }
  return String(value);
}

function changeDecimals(percent: number): number {
  const size = Math.abs(percent);
  if (size >= 99.95) return 0;
  return size >= 0.095 ? 1 : 2;
}

function minus(text: string): string {
  return text.replace('-', MINUS);
}
