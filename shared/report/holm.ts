/** Holm's step-down correction (1979): the family-wise error stays at `alpha` under any dependence. */

/** Which of the comparisons may be called different, in the order given. */
export function holmReject(pValues: readonly number[], alpha: number): readonly boolean[] {
  const order = pValues.map((_, index) => index);
  order.sort((a, b) => (pValues[a] ?? 1) - (pValues[b] ?? 1));
  const rejected = pValues.map(() => false);
  for (const [step, index] of order.entries()) {
    if ((pValues[index] ?? 1) > alpha / (pValues.length - step)) break;
    rejected[index] = true;
  }
  return rejected;
}
