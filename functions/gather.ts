/** A look at what lies in the inbox, or at what was published; the machine `Gather` calls it until it says `done`. */
import type { Context } from 'aws-lambda';

/** Input and output: see `shared/pipeline/distributed/gather.ts` and `rerun.ts`. */
export async function handler(event: unknown, context: Context): Promise<unknown> {
  const { look } = await import('./gather/look.ts');
  return look(event, context);
}
