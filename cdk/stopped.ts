/** Jobs that are stopped from outside: their machine ends without a turn of its own, so somebody else has to tell. */
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { deadLetters } from './dead-letters.ts';

export interface StoppedProps {
  readonly optimize: StateMachine;
  readonly publish: IFunction;
}

/** Tells `publish` of executions that somebody aborted, or that took too long. Those that fail tell it themselves. */
export class Stopped extends Construct {
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { optimize, publish }: StoppedProps) {
    super(scope, id);
    this.deadLetters = deadLetters(this, 'DeadLetters');
    new Rule(this, 'Stops', {
      description: 'Jobs that were aborted, or took too long',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          status: ['ABORTED', 'TIMED_OUT'],
          // Not those of its distributed maps, which have another name.
          stateMachineArn: [optimize.stateMachineArn],
        },
      },
      targets: [new LambdaFunction(publish, { deadLetterQueue: this.deadLetters })],
    });
  }
}
