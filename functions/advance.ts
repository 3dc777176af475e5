/** What a job needs next, asked again after every round; see shared/pipeline/distributed/advance-round.ts. */
import type { AdvanceAnswer } from './advance/turn.ts';

/** Input: `{ action: "advance", execution, request, name, attempt, round }` or `{ action: "failed", … }`. */
export async function handler(event: unknown): Promise<AdvanceAnswer | null> {
  const { takeTurn } = await import('./advance/turn.ts');
  return takeTurn(event);
}
