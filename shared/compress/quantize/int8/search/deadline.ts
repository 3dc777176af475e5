/** Time that a search may take. What was found by then is the answer; a search that ends before is the same everywhere. */
export interface Deadline {
  readonly isOver: boolean;
  /** Seconds left, at least 0. */
  readonly left: number;
}

/** Counts from now. */
export function deadlineIn(seconds: number, now: () => number = () => performance.now()): Deadline {
  const end = now() + seconds * 1000;
  return {
    get isOver(): boolean {
      return now() >= end;
    },
    get left(): number {
      return Math.max(0, (end - now()) / 1000);
    },
  };
}
