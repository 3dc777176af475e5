/** What a state machine says of a failure: a name, and a cause that is a text or JSON with the message in it. */
import { z } from 'zod';

export const stateErrorSchema = z.object({ Error: z.string(), Cause: z.string().optional() });
export type StateError = z.infer<typeof stateErrorSchema>;

/** How a job of Batch ends whose addresses ended before it did (EX_TEMPFAIL of sysexits.h): its order is to be signed anew. */
export const EXPIRED_EXIT_CODE = 75;

const jobSchema = z.object({
  Container: z.object({ ExitCode: z.int().optional() }).optional(),
});

/** Whether a worker ended because S3 refused its addresses, not because of what it did. */
export function isExpired({ Error: name, Cause }: StateError): boolean {
  if (name === 'AddressExpired') return true;
  try {
    return (
      jobSchema.safeParse(JSON.parse(Cause ?? '')).data?.Container?.ExitCode === EXPIRED_EXIT_CODE
    );
  } catch {
    return false;
  }
}

const thrownSchema = z.object({ errorMessage: z.string() });

/** The message of what a function threw, or a cause that is a text; `undefined` for JSON of another kind. */
export function messageOfCause(cause: string): string | undefined {
  try {
    return thrownSchema.safeParse(JSON.parse(cause)).data?.errorMessage;
  } catch {
    return cause;
  }
}
