import validate from 'asl-validator';
import { expect, it } from 'vitest';
import { gatherMachine } from '../../../cdk/machine/gather.ts';

const machine = gatherMachine('arn:gather');

it('is valid', () => {
  expect(validate(JSON.parse(JSON.stringify(machine))).errors).toEqual([]);
});

it('waits as long as it is told, looks, and waits again only when told so', () => {
  expect(machine).toMatchObject({
    StartAt: 'Wait for quiet',
    States: {
      'Wait for quiet': { Seconds: '{% $states.input.seconds %}', Next: 'Gather' },
      Gather: {
        Arguments: { FunctionName: 'arn:gather', Payload: '{% $states.input %}' },
        Output: '{% $states.result.Payload %}',
        Next: 'Choose',
      },
      Choose: {
        Choices: [{ Condition: "{% $states.input.next = 'again' %}", Next: 'Wait for quiet' }],
        Default: 'Done',
      },
      Done: { Type: 'Succeed' },
    },
  });
});
