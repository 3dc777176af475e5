import type { Execution } from './execution.ts';

/** A distributed map at work: its children, each an execution of its own. */
export interface MapRun {
  readonly arn: string;
  readonly executionArn: string;
  readonly maxConcurrency: number;
  readonly toleratedFailureCount: number | undefined;
  readonly toleratedFailurePercentage: number | undefined;
  readonly children: readonly MapChild[];
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  redriveCount: number;
}

export interface MapChild {
  readonly execution: Execution;
  /** Of the batch, or 1. */
  readonly items: number;
}

/** Items that children have failed to process, a failed batch with all its items. */
export function failedItems({ children }: MapRun): number {
  return children
    .filter(({ execution }) => execution.status === 'FAILED' || execution.status === 'TIMED_OUT')
    .reduce((total, { items }) => total + items, 0);
}

/** Whether more items have failed than either threshold allows; without any, one is too many. */
export function isIntolerable(run: MapRun): boolean {
  const failed = failedItems(run);
  if (failed === 0) return false;
  const { toleratedFailureCount: count, toleratedFailurePercentage: percentage } = run;
  if (count === undefined && percentage === undefined) return true;
  const total = run.children.reduce((sum, { items }) => sum + items, 0);
  return (
    (count !== undefined && failed > count) ||
    (percentage !== undefined && (failed * 100) / total > percentage)
  );
}
