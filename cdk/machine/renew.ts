/**
 * The machine that keeps the orders of running jobs signed: it wakes `advance` again and again until the round is
 * over. Addresses end with the credentials that signed them, and a job of Batch may run, and wait, for longer.
 */
import type { StateMachineDefinition } from './asl.ts';
import { invoke } from './tasks.ts';

/** A week, as the job itself. */
const MAX_SECONDS = 7 * 86_400;

/** The definition of the machine `Renew`; its input is `{ action: "renew", execution, …, round, seconds }`. */
export function renewMachine(advance: string): StateMachineDefinition {
  return {
    Comment: 'The orders of running jobs: signed anew while they run',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: MAX_SECONDS,
    StartAt: 'Wait',
    States: {
      Wait: {
        Type: 'Wait',
        Seconds: '{% $states.input.seconds %}',
        Next: 'Renew',
      },
      Renew: invoke(advance, '{% $states.input %}', {
        comment: 'Signs the orders that have no result yet',
        to: { Next: 'Choose' },
        output: '{% $states.result.Payload %}',
      }),
      Choose: {
        Type: 'Choice',
        Choices: [{ Condition: "{% $states.input.next = 'again' %}", Next: 'Wait' }],
        Default: 'Done',
      },
      Done: { Type: 'Succeed' },
    },
  };
}
