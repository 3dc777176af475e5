/** What the Action asks: is a model known, how does it compare with another, how far is that. */
import type { ApiAnswer } from '../shared/pipeline/distributed/api-messages.ts';

/** Input and output: `schema/api-request.schema.json`, `schema/api-answer.schema.json`. */
export async function handler(event: unknown): Promise<ApiAnswer> {
  const { answer } = await import('./api/answer.ts');
  return answer(event);
}
