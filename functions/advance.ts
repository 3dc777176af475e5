/** What a job needs next, asked again after every round; see shared/pipeline/distributed/advance-round.ts. */
import type { RenewAnswer } from './advance/renew.ts';
import type { AdvanceAnswer } from './advance/turn.ts';

/**
 * Input: `{ action: "advance", execution, request, name, attempt, round }`, the same with `"renew"` and `seconds`, or
 * `{ action: "failed", … }`.
 */
export async function handler(event: unknown): Promise<AdvanceAnswer | RenewAnswer | null> {
  if (isRenewal(event)) {
    const { renew } = await import('./advance/renew.ts');
    return renew(event);
  }
  const { takeTurn } = await import('./advance/turn.ts');
  return takeTurn(event);
}

const isRenewal = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && 'action' in event && event.action === 'renew';
