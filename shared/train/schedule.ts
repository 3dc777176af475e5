/** How fast weights move: linear warm-up, then half a cosine (Loshchilov and Hutter, 2016, arXiv:1608.03983). */

/** Of all steps: the averages of Adam are too young to be trusted with a full step. */
const WARM_UP = 0.05;

/** Of the base rate, at the last step. */
const LAST = 0.01;

/** The rate of a step, numbered from 1, of `steps`. */
export function rateAt(step: number, steps: number, base: number): number {
  const warm = Math.ceil(steps * WARM_UP);
  if (step <= warm) return (base * step) / warm;
  const done = (step - warm) / Math.max(1, steps - warm);
  return base * (LAST + (1 - LAST) * 0.5 * (1 + Math.cos(Math.PI * done)));
}
