/**
 * The machine of one upload: it waits until the prefix has been quiet, then `gather` looks what lies there and
 * starts the jobs, or says how long to wait again while too many are running.
 */

import { askAgain } from './ask-again.ts';
import type { StateMachineDefinition } from './asl.ts';

/** The definition of the machine `Gather`; its input is what `ingest` says, with `seconds` of quiet to wait. */
export const gatherMachine = (gather: string): StateMachineDefinition =>
  askAgain({
    comment: 'One upload: wait for quiet, then start what has to be done',
    wait: 'Wait for quiet',
    ask: 'Gather',
    purpose: 'Lists the prefix; starts jobs unless something newer arrived or too many run',
    functionArn: gather,
  });
