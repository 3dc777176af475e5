/** When published models are looked at again: by the clock, and whenever the stack itself has changed. */
import { Aws, Duration, TimeZone } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { deadLetters } from './dead-letters.ts';
import type { Names } from './names.ts';

export interface ScheduleOptions {
  /** When to look. */
  readonly at?: ScheduleExpression;
  /** How much later than that it may be, at most a day. */
  readonly within?: Duration;
}

export interface ScheduleProps extends ScheduleOptions {
  readonly rerun: IFunction;
  readonly names: Names;
}

/** Nightly if not told otherwise, at a time that is nobody's full hour. */
const NIGHTLY = ScheduleExpression.cron({ hour: '3', minute: '17', timeZone: TimeZone.ETC_UTC });

/** Starts `rerun`, which starts only what would differ. */
export class Schedule extends Construct {
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: ScheduleProps) {
    super(scope, id);
    this.deadLetters = deadLetters(this, 'DeadLetters');
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      description: 'Lets the schedule start rerun',
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [props.rerun.functionArn],
      }),
    );
    this.deadLetters.grantSendMessages(role);
    const at = props.at ?? NIGHTLY;
    new CfnSchedule(this, 'Schedule', {
      name: props.names.of('rerun'),
      description: 'Published models whose result would differ today',
      scheduleExpression: at.expressionString,
      ...(at.timeZone && { scheduleExpressionTimezone: at.timeZone.timezoneName }),
      flexibleTimeWindow: {
        mode: 'FLEXIBLE',
        maximumWindowInMinutes: (props.within ?? Duration.hours(1)).toMinutes(),
      },
      target: {
        arn: props.rerun.functionArn,
        roleArn: role.roleArn,
        input: JSON.stringify({ reason: 'scheduled' }),
        deadLetterConfig: { arn: this.deadLetters.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
      },
    });
    new Rule(this, 'Updated', {
      description: 'This stack was updated: another version may give other results',
      eventPattern: {
        source: ['aws.cloudformation'],
        detailType: ['CloudFormation Stack Status Change'],
        detail: {
          'stack-id': [Aws.STACK_ID],
          'status-details': { status: ['UPDATE_COMPLETE'] },
        },
      },
      targets: [new LambdaFunction(props.rerun, { deadLetterQueue: this.deadLetters })],
    });
  }
}
