/** Published models that other versions would make differently. */
import type { Context } from 'aws-lambda';

/** Input: `{ reason?: "scheduled" | "requested" }`; anything else counts as the schedule. */
export async function handler(event: unknown, context: Context): Promise<unknown> {
  const { lookAgain } = await import('./rerun/look-again.ts');
  return lookAgain(event, context);
}
