import validate from 'asl-validator';
import { expect, it } from 'vitest';
import { askAgain } from '../../../cdk/machine/ask-again.ts';

const options = {
  comment: 'c',
  wait: 'Rest',
  ask: 'Look',
  purpose: 'p',
  functionArn: 'arn:look',
};

it('rests, looks, and rests again when it is told so', () => {
  const machine = askAgain(options);
  expect(validate(JSON.parse(JSON.stringify(machine))).errors).toEqual([]);
  expect(machine).not.toHaveProperty('TimeoutSeconds');
  expect(machine).toMatchObject({
    StartAt: 'Rest',
    States: {
      Rest: { Seconds: '{% $states.input.seconds %}', Next: 'Look' },
      Look: { Arguments: { FunctionName: 'arn:look' }, Next: 'Choose' },
      Choose: { Choices: [{ Next: 'Rest' }], Default: 'Done' },
    },
  });
});

it('ends by itself where a time is given', () => {
  expect(askAgain({ ...options, timeoutSeconds: 60 })).toMatchObject({ TimeoutSeconds: 60 });
});
