/** Ranges from histograms: what may be clipped so that the rest is finer. Every range holds 0. */
import type { HistogramCounts } from '../../../../base/histogram.ts';
import { type Codes, codeOf, type Grid, gridOf, type Range } from './range.ts';

/** `min-max` keeps everything; the others clip outliers, each by its own rule. */
export const RANGE_METHODS = [
  'min-max',
  'percentile-99.999',
  'percentile-99.99',
  'percentile-99.9',
  'entropy',
  'mse',
] as const;
export type RangeMethod = (typeof RANGE_METHODS)[number];

/** Steps by which each end of the range is drawn in when the error is searched for. */
const SEARCH_STEPS = 24;
/** Codes that the entropy rule compares with: as onnxruntime and TensorRT, the positive half of int8. */
const ENTROPY_CODES = 128;

/** The range by a method, before it is rounded outward. */
export function chooseRange(
  histogram: HistogramCounts,
  method: RangeMethod,
  codes: Codes,
  symmetric: boolean,
): Range {
  const whole = { min: Math.min(0, histogram.min), max: Math.max(0, histogram.max) };
  if (histogram.counts.length === 0 || whole.min === whole.max)
    return { min: 0, max: 0, ...(whole.min < whole.max ? whole : {}) };
  switch (method) {
    case 'min-max':
      return whole;
    case 'percentile-99.999':
      return percentile(histogram, whole, 0.99999);
    case 'percentile-99.99':
      return percentile(histogram, whole, 0.9999);
    case 'percentile-99.9':
      return percentile(histogram, whole, 0.999);
    case 'entropy':
      return leastDivergence(histogram, whole);
    case 'mse':
      return leastError(histogram, whole, codes, symmetric);
  }
}

/** The histogram of the values clamped to bounds that hold 0: what lies beyond counts as the bound. */
export function clampHistogram(histogram: HistogramCounts, bounds: Range): HistogramCounts {
  const { min, max, exponent, first, counts } = histogram;
  if ((min >= bounds.min && max <= bounds.max) || counts.length === 0) return histogram;
  const width = 2 ** exponent;
  const lowest = Math.min(bounds.max, Math.max(bounds.min, min));
  const highest = Math.min(bounds.max, Math.max(bounds.min, max));
  const low = Math.floor(lowest / width);
  const clamped = new Float64Array(Math.floor(highest / width) - low + 1);
  for (const [bin, count] of counts.entries()) {
    const at = Math.min(clamped.length - 1, Math.max(0, first + bin - low));
    clamped[at] = (clamped[at] ?? 0) + count;
  }
  return {
    ...histogram,
    min: lowest,
    max: highest,
    first: low,
    counts: clamped,
  };
}

/** The values between the two quantiles that leave (1 − share) / 2 outside each. */
function percentile(histogram: HistogramCounts, whole: Range, share: number): Range {
  const { counts, zeros, first, exponent } = histogram;
  const width = 2 ** exponent;
  const total = counts.reduce((sum, count) => sum + count, zeros);
  const outside = (total * (1 - share)) / 2;
  let low = 0;
  for (let seen = 0; low < counts.length; low++) {
    seen += counts[low] ?? 0;
    if (seen > outside) break;
  }
  let high = counts.length - 1;
  for (let seen = 0; high >= 0; high--) {
    seen += counts[high] ?? 0;
    if (seen > outside) break;
  }
  return {
    min: Math.min(0, Math.max(whole.min, (first + low) * width)),
    max: Math.max(0, Math.min(whole.max, (first + high + 1) * width)),
  };
}

/** The mean squared error of rounding and clipping all values to the grid. */
export function gridError(histogram: HistogramCounts, grid: Grid, codes: Codes): number {
  const { counts, zeros, first, exponent } = histogram;
  const width = 2 ** exponent;
  const within = (width * width) / 12;
  let sum = 0;
  let total = zeros;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin] as number;
    if (count === 0) continue;
    const value = (first + bin + 0.5) * width;
    const real = grid.scale * (codeOf(value, grid, codes) - grid.zeroPoint);
    sum += count * ((value - real) ** 2 + within);
    total += count;
  }
  return total === 0 ? 0 : sum / total;
}

/** Each end in turn is drawn in while that lowers the error, twice. */
function leastError(
  histogram: HistogramCounts,
  whole: Range,
  codes: Codes,
  symmetric: boolean,
): Range {
  let best = whole;
  let least = gridError(histogram, gridOf(whole, codes, symmetric), codes);
  const attempt = (range: Range): void => {
    const error = gridError(histogram, gridOf(range, codes, symmetric), codes);
    if (error < least) [best, least] = [range, error];
  };
  for (let round = 0; round < 2; round++) {
    for (let step = 1; step < SEARCH_STEPS; step++) {
      const share = 1 - step / SEARCH_STEPS;
      attempt(
        symmetric
          ? { min: whole.min * share, max: whole.max * share }
          : { min: best.min, max: whole.max * share },
      );
    }
    for (let step = 1; step < SEARCH_STEPS && !symmetric; step++)
      attempt({ min: whole.min * (1 - step / SEARCH_STEPS), max: best.max });
  }
  return best;
}

/**
 * The clip of absolute values at which the histogram and its version with 128 codes differ least
 * (Kullback–Leibler). Source: Migacz, "8-bit inference with TensorRT", 2017.
 */
function leastDivergence(histogram: HistogramCounts, whole: Range): Range {
  const { counts, first, exponent } = histogram;
  const width = 2 ** exponent;
  const largest = Math.max(whole.max, -whole.min);
  const sizes = new Float64Array(Math.ceil(largest / width) + 1);
  for (const [bin, count] of counts.entries()) {
    const at = first + bin >= 0 ? first + bin : -(first + bin) - 1;
    sizes[at] = (sizes[at] ?? 0) + count;
  }
  let clip = largest;
  let least = Number.POSITIVE_INFINITY;
  const step = Math.max(1, Math.floor(sizes.length / 128));
  for (let bins = ENTROPY_CODES; bins <= sizes.length; bins += step) {
    const divergence = divergenceOf(sizes, bins);
    if (divergence < least) [least, clip] = [divergence, bins * width];
  }
  return { min: Math.max(whole.min, -clip), max: Math.min(whole.max, clip) };
}

/** Of the first `bins`, the last of which takes in all beyond, against the same in 128 codes. */
function divergenceOf(sizes: Float64Array, bins: number): number {
  let beyond = 0;
  for (let bin = bins; bin < sizes.length; bin++) beyond += sizes[bin] as number;
  let total = beyond;
  for (let bin = 0; bin < bins; bin++) total += sizes[bin] as number;
  const inside = total - beyond;
  if (inside === 0) return Number.POSITIVE_INFINITY;
  let divergence = 0;
  for (let code = 0; code < ENTROPY_CODES; code++) {
    const start = Math.floor((code * bins) / ENTROPY_CODES);
    const end = Math.floor(((code + 1) * bins) / ENTROPY_CODES);
    let sum = 0;
    let filled = 0;
    for (let bin = start; bin < end; bin++) {
      sum += sizes[bin] as number;
      if ((sizes[bin] as number) > 0) filled++;
    }
    for (let bin = start; bin < end; bin++) {
      const count = (sizes[bin] as number) + (bin === bins - 1 ? beyond : 0);
      if (count === 0) continue;
      const p = count / total;
      // Smoothed, as a clipped bin may be empty inside.
      const q = Math.max(filled === 0 ? 0 : sum / filled / inside, 1e-12);
      divergence += p * Math.log(p / q);
    }
  }
  return divergence;
}
