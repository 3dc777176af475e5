/** What a state machine says of a failure: a name, and a cause that is a text or JSON with the message in it. */
import { z } from 'zod';

export const stateErrorSchema = z.object({ Error: z.string(), Cause: z.string().optional() });
export type StateError = z.infer<typeof stateErrorSchema>;

const thrownSchema = z.object({ errorMessage: z.string() });

/** The message of what a function threw, or a cause that is a text; `undefined` for JSON of another kind. */
export function messageOfCause(cause: string): string | undefined {
  try {
    return thrownSchema.safeParse(JSON.parse(cause)).data?.errorMessage;
  } catch {
    return cause;
  }
}
