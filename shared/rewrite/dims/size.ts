/** Sizes that are known, or known to equal one another. */

/** The size of a value along an axis (counted from the front), known only when the model runs. */
export interface DimRef {
  readonly value: string;
  readonly axis: number;
}

/** A number, or whatever some value turns out to have along some axis. */
export type Size = number | DimRef;

/** A small integer tensor of rank 0 or 1 whose elements may be sizes; `undefined` where nothing is known. */
export interface Sizes {
  readonly rank: 0 | 1;
  readonly elements: readonly (Size | undefined)[];
}

/** Whether two sizes are certain to be equal; what is not known is equal to nothing. */
export function isSameSize(one: Size | undefined, other: Size | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  if (typeof one === 'number' || typeof other === 'number') return one === other;
  return one.value === other.value && one.axis === other.axis;
}

/**
 * What is left of a product of sizes when others are divided out of it, as one size; `undefined` when
 * that is none. Sizes that cancel are taken not to be 0.
 */
export function quotient(product: readonly Size[], divisors: readonly Size[]): Size | undefined {
  const left = product.filter((size) => typeof size !== 'number');
  let number = product.reduce<number>((n, size) => (typeof size === 'number' ? n * size : n), 1);
  for (const divisor of divisors) {
    if (typeof divisor === 'number') {
      number /= divisor;
      continue;
    }
    const found = left.findIndex((size) => isSameSize(size, divisor));
    if (found < 0) return undefined;
    left.splice(found, 1);
  }
  if (!Number.isInteger(number)) return undefined;
  if (left.length === 0) return number;
  return left.length === 1 && number === 1 ? left[0] : undefined;
}
