/** A shard of a job: one step on a stranger's model. */
import { type WorkAnswer, workOn } from './work-on.ts';

/** Input: `{ id, order }`, the address of the order. */
export const handler = (event: unknown): Promise<WorkAnswer> => workOn(event, 'work');
