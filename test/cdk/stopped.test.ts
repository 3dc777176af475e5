import { describe, expect, it } from 'vitest';
import { Functions } from '../../cdk/functions.ts';
import { Machine } from '../../cdk/machine.ts';
import { Stopped } from '../../cdk/stopped.ts';
import { _IMAGE, _only, _places, _templateOf, _text } from './_template.ts';

const template = _templateOf((stack) => {
  const places = _places(stack);
  const { functions } = new Functions(stack, 'F', {
    places,
    image: { uri: _IMAGE },
    architecture: 'x86_64',
    environment: {},
  });
  const { optimize } = new Machine(stack, 'M', {
    ...places,
    ...functions,
    functions: { work: functions.api },
    jobs: {},
  });
  new Stopped(stack, 'S', { optimize, publish: functions.publish });
});

describe('Stopped', () => {
  it('hears of jobs that end without a turn of their own, and of no others', () => {
    const rule = _only(template, 'AWS::Events::Rule');
    expect(_text(rule.EventPattern)).toMatch(
      /^source: aws.states; detail-type: Step Functions Execution Status Change; detail: status: ABORTED, TIMED_OUT; stateMachineArn: <M\w*>$/,
    );
    expect(rule.Targets).toEqual([
      expect.objectContaining({ DeadLetterConfig: { Arn: expect.anything() } }),
    ]);
    expect(_text(rule.Targets)).toContain('Arn: <Fpublish.Arn>');
  });

  it('lets EventBridge invoke publish for that', () => {
    const permissions = Object.values(template.findResources('AWS::Lambda::Permission'));
    expect(permissions.map(({ Properties }) => Properties)).toMatchObject([
      { Action: 'lambda:InvokeFunction', Principal: 'events.amazonaws.com' },
    ]);
  });
});
