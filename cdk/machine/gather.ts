/**
 * The machine of one upload: it waits until the prefix has been quiet, then `gather` looks what lies there and
 * starts the jobs, or says how long to wait again while too many are running.
 */
import type { StateMachineDefinition } from './asl.ts';
import { invoke } from './tasks.ts';

/** The definition of the machine `Gather`; its input is what `ingest` says, with `seconds` of quiet to wait. */
export function gatherMachine(gather: string): StateMachineDefinition {
  return {
    Comment: 'One upload: wait for quiet, then start what has to be done',
    QueryLanguage: 'JSONata',
    StartAt: 'Wait for quiet',
    States: {
      'Wait for quiet': {
        Type: 'Wait',
        Seconds: '{% $states.input.seconds %}',
        Next: 'Gather',
      },
      Gather: invoke(gather, '{% $states.input %}', {
        comment: 'Lists the prefix; starts jobs unless something newer arrived or too many run',
        to: { Next: 'Choose' },
        output: '{% $states.result.Payload %}',
      }),
      Choose: {
        Type: 'Choice',
        Choices: [{ Condition: "{% $states.input.next = 'again' %}", Next: 'Wait for quiet' }],
        Default: 'Done',
      },
      Done: { Type: 'Succeed' },
    },
  };
}
