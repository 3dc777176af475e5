import { Duration, TimeZone } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { describe, expect, it } from 'vitest';
import { imageFunction } from '../../cdk/image-function.ts';
import { Names } from '../../cdk/names.ts';
import { functionIdentity } from '../../cdk/role.ts';
import { Schedule, type ScheduleOptions } from '../../cdk/schedule.ts';
import { _IMAGE, _only, _statements, _templateOf, _text } from './_template.ts';

const make = (options: ScheduleOptions = {}) =>
  _templateOf((stack) => {
    const rerun = imageFunction(stack, 'rerun', {
      ...functionIdentity(stack, 'rerun', 'fettle-rerun'),
      image: { uri: _IMAGE },
      command: 'index.rerun',
      architecture: 'x86_64',
    });
    new Schedule(stack, 'Schedule', { ...options, rerun, names: new Names(stack, 'fettle') });
  });

describe('Schedule', () => {
  const template = make();

  it('looks every night within an hour, and tries again before it gives up', () => {
    expect(_only(template, 'AWS::Scheduler::Schedule')).toMatchObject({
      ScheduleExpression: 'cron(17 3 * * ? *)',
      ScheduleExpressionTimezone: 'Etc/UTC',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 60 },
      Target: {
        Input: '{"reason":"scheduled"}',
        RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 10 },
        DeadLetterConfig: { Arn: expect.anything() },
      },
    });
  });

  it('may start that one function and write to its own dead letters', () => {
    expect(_statements(template).filter((line) => line.startsWith('<ScheduleRole>'))).toEqual([
      '<ScheduleRole>: Allow lambda:InvokeFunction on <rerun.Arn>',
      '<ScheduleRole>: Allow sqs:GetQueueAttributes, sqs:GetQueueUrl, sqs:SendMessage on <ScheduleDeadLetters.Arn>',
    ]);
    const roles = Object.values(template.findResources('AWS::IAM::Role'));
    expect(roles.map((role) => _text(role.Properties.AssumeRolePolicyDocument))).toContainEqual(
      expect.stringContaining('aws:SourceAccount: <AWS::AccountId>'),
    );
  });

  it('looks whenever the stack was updated', () => {
    expect(_text(_only(template, 'AWS::Events::Rule').EventPattern)).toBe(
      'source: aws.cloudformation; detail-type: CloudFormation Stack Status Change; detail: stack-id: <AWS::StackId>; status-details: status: UPDATE_COMPLETE',
    );
  });

  it('looks when it is told to', () => {
    const weekly = make({
      at: ScheduleExpression.cron({
        weekDay: 'SUN',
        hour: '22',
        minute: '0',
        timeZone: TimeZone.EUROPE_VIENNA,
      }),
      within: Duration.hours(6),
    });
    expect(_only(weekly, 'AWS::Scheduler::Schedule')).toMatchObject({
      ScheduleExpression: 'cron(0 22 ? * SUN *)',
      ScheduleExpressionTimezone: 'Europe/Vienna',
      FlexibleTimeWindow: { MaximumWindowInMinutes: 360 },
    });
  });
});
