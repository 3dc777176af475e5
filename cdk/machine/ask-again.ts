/** A machine that asks a function again and again, and waits in between as long as its last answer says. */
import type { StateMachineDefinition } from './asl.ts';
import { invoke } from './tasks.ts';

export interface AskAgain {
  readonly comment: string;
  /** Names of the states that wait and ask. */
  readonly wait: string;
  readonly ask: string;
  /** What asking is good for. */
  readonly purpose: string;
  readonly functionArn: string;
  /** Of the whole machine. */
  readonly timeoutSeconds?: number;
}

/** The input has `seconds` to wait before the first time; an answer whose `next` is "again" is the next input. */
export function askAgain(options: AskAgain): StateMachineDefinition {
  const { comment, wait, ask, purpose, functionArn, timeoutSeconds } = options;
  return {
    Comment: comment,
    QueryLanguage: 'JSONata',
    ...(timeoutSeconds !== undefined && { TimeoutSeconds: timeoutSeconds }),
    StartAt: wait,
    States: {
      [wait]: {
        Type: 'Wait',
        Seconds: '{% $states.input.seconds %}',
        Next: ask,
      },
      [ask]: invoke(functionArn, '{% $states.input %}', {
        comment: purpose,
        to: { Next: 'Choose' },
        output: '{% $states.result.Payload %}',
      }),
      Choose: {
        Type: 'Choice',
        Choices: [{ Condition: "{% $states.input.next = 'again' %}", Next: wait }],
        Default: 'Done',
      },
      Done: { Type: 'Succeed' },
    },
  };
}
