/** Latency and memory of a base and all its variants, on one machine with nothing beside them. */
import { type WorkAnswer, workOn } from './work-on.ts';

/** Input: `{ id, order }`, the address of the order. */
export const handler = (event: unknown): Promise<WorkAnswer> => workOn(event, 'measure');
