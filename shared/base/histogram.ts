/**
 * Histograms that grow with the data: bins are powers of two wide and start at a multiple of their
 * width, so that joining two is exact and the result does not depend on the order of the values.
 */

/** Counts of values; zeros are counted apart, as Relu gives many and they are exact in every grid. */
export interface HistogramCounts {
  /** The smallest and largest finite value; `Infinity` and `−Infinity` before there was one. */
  readonly min: number;
  readonly max: number;
  /** Bins are 2^exponent wide. */
  readonly exponent: number;
  /** Bin i holds values from (first + i) · 2^exponent up to, not including, the next bin's. */
  readonly first: number;
  readonly counts: Float64Array;
  readonly zeros: number;
}

/** Eight to sixteen bins for each code of 8 bits. */
export const MAX_BINS = 4096;

/** A histogram that is being filled, in memory that does not depend on how much was counted. */
export class Histogram {
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #exponent = 0;
  #first = 0;
  #counts = new Float64Array(0);
  #zeros = 0;

  /** Counts finite values; NaN and infinities are left out. */
  add(values: Float32Array | Float64Array): void {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value < min && value !== Number.NEGATIVE_INFINITY) min = value;
      if (value > max && value !== Number.POSITIVE_INFINITY) max = value;
    }
    if (min > max) return;
    this.#cover(min, max);
    const perUnit = 2 ** -this.#exponent;
    const first = this.#first;
    const counts = this.#counts;
    let zeros = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value === 0) {
        zeros++;
        continue;
      }
      // NaN and infinities fail both comparisons or one.
      const bin = Math.floor(value * perUnit) - first;
      if (bin >= 0 && bin < counts.length) counts[bin] = (counts[bin] as number) + 1;
    }
    this.#zeros += zeros;
  }

  /** Adds what another counted. */
  merge({ min, max, exponent, first, counts, zeros }: HistogramCounts): void {
    if (min > max) return;
    this.#cover(min, max);
    this.#zeros += zeros;
    const shift = 2 ** (exponent - this.#exponent);
    for (const [bin, count] of counts.entries()) {
      const at = Math.floor((first + bin) * shift) - this.#first;
      if (count > 0) this.#counts[at] = (this.#counts[at] ?? 0) + count;
    }
  }

  /** What was counted so far. */
  get counts(): HistogramCounts {
    return {
      min: this.#min,
      max: this.#max,
      exponent: this.#exponent,
      first: this.#first,
      counts: this.#counts,
      zeros: this.#zeros,
    };
  }

  /** Makes bins for [min, max] too, joining neighbours until there are few enough of them. */
  #cover(min: number, max: number): void {
    if (min >= this.#min && max <= this.#max) return;
    this.#min = Math.min(min, this.#min);
    this.#max = Math.max(max, this.#max);
    const exponent = finestFor(this.#min, this.#max);
    const first = Math.floor(this.#min / 2 ** exponent);
    const counts = new Float64Array(Math.floor(this.#max / 2 ** exponent) - first + 1);
    const shift = 2 ** (this.#exponent - exponent);
    for (const [bin, count] of this.#counts.entries()) {
      if (count === 0) continue;
      const at = Math.floor((this.#first + bin) * shift) - first;
      counts[at] = (counts[at] ?? 0) + count;
    }
    this.#exponent = exponent;
    this.#first = first;
    this.#counts = counts;
  }
}

/** The finest width by which [min, max] has at most {@link MAX_BINS} bins. */
function finestFor(min: number, max: number): number {
  const size = Math.max(Math.abs(min), Math.abs(max), 2 ** -126);
  let exponent = Math.floor(Math.log2(size)) - 14;
  while (Math.floor(max / 2 ** exponent) - Math.floor(min / 2 ** exponent) >= MAX_BINS) exponent++;
  return exponent;
}
