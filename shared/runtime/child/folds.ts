/** Outputs of many runs folded into one result, where they are made: only the result crosses to the parent. */
import { Histogram, type HistogramCounts } from '../../base/histogram.ts';
import type { NamedTensors, Tensor } from '../../base/tensor.ts';

/** How outputs of several runs become one: element by element, or as one histogram of all elements. */
export type Fold = 'min' | 'max' | 'sum' | 'histogram';

export type Folded =
  /** `values` are doubles; the shape is that of every run's output. */
  | {
      readonly fold: 'min' | 'max' | 'sum';
      readonly dims: readonly number[];
      readonly values: Float64Array;
    }
  | { readonly fold: 'histogram'; readonly counts: HistogramCounts };

interface Elementwise {
  readonly fold: 'min' | 'max' | 'sum';
  readonly dims: readonly number[];
  readonly values: Float64Array;
}

/** Folds under way, by output. */
export class Folds {
  readonly #kinds: Readonly<Record<string, Fold>>;
  readonly #elementwise = new Map<string, Elementwise>();
  readonly #histograms = new Map<string, Histogram>();

  constructor(kinds: Readonly<Record<string, Fold>>) {
    this.#kinds = kinds;
  }

  get outputs(): readonly string[] {
    return Object.keys(this.#kinds);
  }

  /** Takes in one run's outputs. */
  add(outputs: NamedTensors): void {
    for (const [name, fold] of Object.entries(this.#kinds)) {
      const output = outputs[name];
      if (!output) throw new Error(`output '${name}' was not computed`);
      const data = realData(name, output);
      if (fold === 'histogram') {
        const histogram = this.#histograms.get(name) ?? new Histogram();
        this.#histograms.set(name, histogram);
        histogram.add(data);
      } else this.#combine(name, fold, output.dims, data);
    }
  }

  get results(): Readonly<Record<string, Folded>> {
    const elementwise = [...this.#elementwise];
    const histograms = [...this.#histograms].map(([name, histogram]): [string, Folded] => [
      name,
      { fold: 'histogram', counts: histogram.counts },
    ]);
    return Object.fromEntries<Folded>([...elementwise, ...histograms]);
  }

  #combine(
    name: string,
    fold: Elementwise['fold'],
    dims: readonly number[],
    data: Float32Array | Float64Array,
  ): void {
    const known = this.#elementwise.get(name);
    if (!known) {
      this.#elementwise.set(name, { fold, dims, values: Float64Array.from(data) });
      return;
    }
    if (known.dims.join() !== dims.join())
      throw new Error(`output '${name}' was [${known.dims}] before and is [${dims}] now`);
    const { values } = known;
    for (let i = 0; i < values.length; i++) {
      const before = values[i] as number;
      const value = data[i] as number;
      if (fold === 'sum') values[i] = before + value;
      // NaN stays out of ranges, first or later: comparisons with it are false.
      else if (Number.isNaN(before) || (fold === 'min' ? value < before : value > before))
        values[i] = value;
    }
  }
}

function realData(name: string, { type, data }: Tensor): Float32Array | Float64Array {
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  throw new Error(`output '${name}' is ${type}, which cannot be folded`);
}
