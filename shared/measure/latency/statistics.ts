/** Order statistics of run times, and the log-ratio of one pair of sessions. */
import { DefectError } from '../../base/errors.ts';

/** The value below which a share of the values lies, interpolated. `share` in 0–1; values not empty. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) throw new DefectError('a quantile of no values');
  return below + (above - below) * (position - Math.floor(position));
}

export const median = (values: ArrayLike<number>): number => quantile(values, 0.5);

/**
 * ln(variant / base) of one round: the mean over both directions of the median over sweeps. A sweep
 * times the one a little after the other; the opposite direction cancels a steady drift of the
 * machine's speed.
 *
 * @param base typical milliseconds per sweep.
 * @param variant the same of the variant.
 * @param isBackward of each sweep.
 */
export function sessionLogRatio(
  base: readonly number[],
  variant: readonly number[],
  isBackward: (sweep: number) => boolean,
): number {
  if (base.length !== variant.length)
    throw new DefectError(`sweeps come in pairs: ${base.length} and ${variant.length} given`);
  const ratios = base.map((ms, sweep) => Math.log((variant[sweep] ?? Number.NaN) / ms));
  const oneWay = (backward: boolean): number =>
    median(ratios.filter((_, sweep) => isBackward(sweep) === backward));
  return (oneWay(false) + oneWay(true)) / 2;
}
