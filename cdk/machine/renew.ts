/**
 * The machine that keeps the orders of running jobs signed: it wakes `advance` again and again until the round is
 * over. Addresses end with the credentials that signed them, and a job of Batch may run, and wait, for longer.
 */

import { askAgain } from './ask-again.ts';
import type { StateMachineDefinition } from './asl.ts';

/** A week, as the job itself. */
const MAX_SECONDS = 7 * 86_400;

/** The definition of the machine `Renew`; its input is `{ action: "renew", execution, …, round, seconds }`. */
export const renewMachine = (advance: string): StateMachineDefinition =>
  askAgain({
    comment: 'The orders of running jobs: signed anew while they run',
    wait: 'Wait',
    ask: 'Renew',
    purpose: 'Signs the orders that have no result yet',
    functionArn: advance,
    timeoutSeconds: MAX_SECONDS,
  });
