/** Operators that reduce axes to one number each, whatever the order of what they reduce. */
export const REDUCTIONS: readonly string[] = [
  'ReduceL1',
  'ReduceL2',
  'ReduceLogSum',
  'ReduceLogSumExp',
  'ReduceMax',
  'ReduceMean',
  'ReduceMin',
  'ReduceProd',
  'ReduceSum',
  'ReduceSumSquare',
];
