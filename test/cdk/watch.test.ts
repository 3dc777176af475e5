import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { deadLetters } from '../../cdk/dead-letters.ts';
import { Functions } from '../../cdk/functions.ts';
import { Machine } from '../../cdk/machine.ts';
import { Watch } from '../../cdk/watch.ts';
import { _IMAGE, _places, _templateOf } from './_template.ts';

const make = (full: boolean) =>
  _templateOf((stack) => {
    const places = _places(stack);
    const { functions } = new Functions(stack, 'F', {
      places,
      image: { uri: _IMAGE },
      architecture: 'x86_64',
      environment: {},
    });
    const lanes = { work: functions.api };
    const machine = new Machine(stack, 'M', {
      ...places,
      ...functions,
      functions: lanes,
      jobs: {},
    });
    new Watch(stack, 'W', {
      names: places.names,
      optimize: machine.optimize,
      gather: machine.gather,
      deadLetters: { uploads: deadLetters(stack, 'A'), reruns: deadLetters(stack, 'B') },
      functions,
      lanes,
      ...(full && { topic: new Topic(stack, 'Topic'), dashboard: true }),
    });
  });

const alarmsOf = (template: ReturnType<typeof make>) =>
  Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
    ({ Properties: properties }) => properties,
  );

describe('Watch', () => {
  const alarms = alarmsOf(make(false));

  it('hears of everything that nobody else would tell', () => {
    expect(alarms.map((alarm) => [alarm.AlarmName, alarm.Namespace, alarm.MetricName])).toEqual([
      ['fettle-uploads-undelivered', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible'],
      ['fettle-reruns-undelivered', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible'],
      ['fettle-jobs-failed', 'AWS/States', 'ExecutionsFailed'],
      ['fettle-jobs-timed-out', 'AWS/States', 'ExecutionsTimedOut'],
      ['fettle-uploads-failed', 'AWS/States', 'ExecutionsFailed'],
      ['fettle-throttled', 'AWS/Lambda', 'Throttles'],
      ['fettle-ingest-loop', 'AWS/Lambda', 'RecursiveInvocationsDropped'],
      ['fettle-api-errors', 'AWS/Lambda', 'Errors'],
      ['fettle-rerun-errors', 'AWS/Lambda', 'Errors'],
    ]);
  });

  it('stays within the ten alarms that cost nothing', () => {
    expect(alarms.length).toBeLessThanOrEqual(10);
  });

  it('alarms at the first, and never for want of data', () => {
    for (const alarm of alarms)
      expect(alarm).toMatchObject({
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
        EvaluationPeriods: 1,
        TreatMissingData: 'notBreaching',
      });
  });

  it('tells a topic and draws a page only where asked to', () => {
    expect(alarms.every((alarm) => alarm.AlarmActions === undefined)).toBe(true);
    make(false).resourceCountIs('AWS::CloudWatch::Dashboard', 0);
    const full = make(true);
    full.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    expect(alarmsOf(full).every((alarm) => alarm.AlarmActions.length === 1)).toBe(true);
  });
});
