/** How far to prune before each retraining, so that the network recovers in between. */

/**
 * Percents of zeros for so many rounds of pruning and retraining, the last one `percent`: steep at first,
 * while there is much to spare, and flat at the end. A cubic (Zhu and Gupta 2017, "To prune, or not to
 * prune", equation 1, from a dense network): `percent · (1 − (1 − t)³)`.
 *
 * @throws RangeError for a count of rounds that is no positive integer, or a percentage outside 0 … 100
 */
export function pruningRounds(percent: number, rounds: number): readonly number[] {
  if (!Number.isSafeInteger(rounds) || rounds < 1)
    throw new RangeError(`${rounds} is no count of rounds`);
  if (!(percent > 0 && percent < 100)) throw new RangeError(`${percent} is no percentage to prune`);
  return Array.from({ length: rounds }, (_, round) => {
    const left = 1 - (round + 1) / rounds;
    return percent * (1 - left ** 3);
  });
}
