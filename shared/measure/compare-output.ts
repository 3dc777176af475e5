/** One output of one sample: the float model's against a variant's, as sums that add up over samples. */
import { product } from '../base/product.ts';
import type { Tensor } from '../base/tensor.ts';
import { asNumbers, numbersOf } from './data/convert.ts';

/** Wanted (`a`, the reference) against given (`b`, the variant). */
export interface OutputComparison {
  readonly dot: number;
  readonly normA: number;
  readonly normB: number;
  readonly squaredError: number;
  readonly maxAbsError: number;
  /** Decisions taken (0 where the output holds no class scores) and how many agree. */
  readonly decisions: number;
  readonly agreed: number;
  /**
   * Elements that cannot be compared: NaN or infinite in one of the two alone, or, with another
   * shape, all of them. They are left out of the sums.
   */
  readonly broken: number;
  /** Elements that are NaN in both: equal, but nothing is known of what they should be. */
  readonly nan: number;
  /** Elements that were compared: neither broken nor NaN in both. */
  readonly compared: number;
}

/** Rows of probabilities sum to 1 this closely, also in float16. */
const PROBABILITY_TOLERANCE = 5e-3;

/** A missing output compares as one of another shape. Text counts as decisions. */
export function compareOutput(a: Tensor, b: Tensor | undefined): OutputComparison {
  const size = product(a.dims);
  const isComparable =
    b !== undefined &&
    product(b.dims) === size &&
    a.dims.every((dim, axis) => dim === b.dims[axis]) &&
    (a.type === 'string') === (b.type === 'string');
  if (!isComparable) return { ...NOTHING, normA: squaredNorm(a), broken: Math.max(1, size) };
  if (a.type === 'string' || b.type === 'string') return compareTexts(a, b);
  const left = asNumbers(numbersOf(a, 'output'));
  const right = asNumbers(numbersOf(b, 'output'));
  return { ...sums(left, right), ...decisions(a, left, right) };
}

const NOTHING: OutputComparison = {
  dot: 0,
  normA: 0,
  normB: 0,
  squaredError: 0,
  maxAbsError: 0,
  decisions: 0,
  agreed: 0,
  broken: 0,
  nan: 0,
  compared: 0,
};

/** Of the finite elements. */
function squaredNorm(tensor: Tensor): number {
  if (tensor.type === 'string') return 0;
  const values = asNumbers(numbersOf(tensor, 'output'));
  return sums(values, values).normA;
}

function compareTexts(a: Tensor, b: Tensor): OutputComparison {
  const count = a.data.length;
  let agreed = 0;
  for (let i = 0; i < count; i++) agreed += Number(a.data[i] === b.data[i]);
  return { ...NOTHING, decisions: count, agreed, compared: count };
}

function sums(a: ArrayLike<number>, b: ArrayLike<number>) {
  let dot = 0;
  let normA = 0;
  let normB = 0;
  let squaredError = 0;
  let maxAbsError = 0;
  let broken = 0;
  let nan = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? 0;
    const y = b[i] ?? 0;
    const error = Math.abs(x - y);
    if (!(error < Number.POSITIVE_INFINITY)) {
      // The same infinity on both sides (a mask, say) agrees; so do two NaN.
      if (!Object.is(x, y)) broken++;
      else if (Number.isNaN(x)) nan++;
      continue;
    }
    dot += x * y;
    normA += x * x;
    normB += y * y;
    squaredError += error * error;
    if (error > maxAbsError) maxAbsError = error;
  }
  const compared = a.length - broken - nan;
  return { dot, normA, normB, squaredError, maxAbsError, broken, nan, compared };
}

/**
 * Decisions, where the reference looks like class scores: a single vector of them (`[1, C]`: the
 * largest), a single probability (`[1, 1]`: above 0.5 or not), or rows of probabilities along the last
 * axis (`[1, T, C]`: the largest of each row).
 */
function decisions(
  { type, dims }: Tensor,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): Pick<OutputComparison, 'decisions' | 'agreed'> {
  if (type !== 'float32' && type !== 'float16' && type !== 'float64') return NO_DECISIONS;
  const long = dims.filter((dim) => dim !== 1);
  if (a.length === 1) {
    const value = a[0] ?? 0;
    if (value < 0 || value > 1) return NO_DECISIONS;
    return { decisions: 1, agreed: Number(value > 0.5 === (b[0] ?? 0) > 0.5) };
  }
  const columns = dims.at(-1) ?? 1;
  if (long.length === 1) return agreement(a, b, a.length);
  if (long.length < 2 || columns < 2 || !isProbability(a, columns)) return NO_DECISIONS;
  return agreement(a, b, columns);
}

const NO_DECISIONS = { decisions: 0, agreed: 0 };

function agreement(a: ArrayLike<number>, b: ArrayLike<number>, columns: number) {
  const rows = a.length / columns;
  let agreed = 0;
  for (let row = 0; row < rows; row++) {
    agreed += Number(largest(a, row * columns, columns) === largest(b, row * columns, columns));
  }
  return { decisions: rows, agreed };
}

/** Index of the largest value of a row, the first of equals; −1 where one is NaN. */
function largest(values: ArrayLike<number>, start: number, columns: number): number {
  let best = 0;
  for (let column = 0; column < columns; column++) {
    const value = values[start + column] ?? 0;
    if (Number.isNaN(value)) return -1;
    if (value > (values[start + best] ?? 0)) best = column;
  }
  return best;
}

function isProbability(values: ArrayLike<number>, columns: number): boolean {
  for (let row = 0; row * columns < values.length; row++) {
    let sum = 0;
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column] ?? 0;
      if (!(value >= 0)) return false;
      sum += value;
    }
    if (Math.abs(sum - 1) > PROBABILITY_TOLERANCE) return false;
  }
  return true;
}
