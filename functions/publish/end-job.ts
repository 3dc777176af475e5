/**
 * Where an execution ends that has failed and said so. It has to fail in a task, not in a `Fail` state: a redrive
 * begins with the state that failed, and then goes on from here.
 */
import { z } from 'zod';
import { messageOfCause, stateErrorSchema } from '../state-error.ts';

const endSchema = z.object({
  action: z.literal('end'),
  error: stateErrorSchema,
  /** How often the execution was redriven, now and when it told of its failure. */
  redrives: z.int().min(0),
  toldAt: z.int().min(0),
});

/** The job's failure, as the execution's; whoever redrives it must have mended the cause. */
export class JobFailed extends Error {
  override readonly name = 'JobFailed';
}

/** Whether a message asks for the end. */
export const isEnd = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && 'action' in event && event.action === 'end';

/** Gives nothing when the execution was redriven since. @throws JobFailed the first time */
export function endJob(event: unknown): null {
  const { error, redrives, toldAt } = endSchema.parse(event);
  if (redrives > toldAt) return null;
  const { Error: name, Cause: cause = 'no cause was given' } = error;
  throw new JobFailed(`${name}: ${messageOfCause(cause) ?? cause}`);
}
