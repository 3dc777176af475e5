/** What a person should hear of, and the page that shows it. */
import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Names, Trusted } from './names.ts';

export interface WatchOptions {
  /** Gets every alarm. */
  readonly topic?: ITopic;
  /** A page of graphs, which an account has three of without charge. */
  readonly dashboard?: boolean;
}

export interface WatchProps extends WatchOptions {
  readonly names: Names;
  readonly optimize: StateMachine;
  readonly gather: StateMachine;
  readonly deadLetters: Readonly<Record<string, Queue>>;
  readonly functions: Readonly<Record<Trusted, IFunction>>;
  readonly lanes: Readonly<Record<string, IFunction>>;
}

const PERIOD = Duration.minutes(5);
const sum = { period: PERIOD, statistic: 'Sum' };

/** Alarms, ten at most, which an account has without charge, and optionally a dashboard. */
export class Watch extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id);
    const { functions, optimize, gather } = props;
    const deadLetters = Object.entries(props.deadLetters).map(
      ([name, queue]) =>
        [
          `${name}-undelivered`,
          'Messages could not be delivered: see the queue, then redrive it',
          queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: 'Maximum' }),
        ] as const,
    );
    const watched: readonly (readonly [string, string, IMetric])[] = [
      ...deadLetters,
      ['jobs-failed', 'A job ended with error.json', optimize.metricFailed(sum)],
      ['jobs-timed-out', 'A job took longer than any may', optimize.metricTimedOut(sum)],
      ['uploads-failed', 'An upload was not looked at', gather.metricFailed(sum)],
      ['throttled', 'Functions were refused: ask for more concurrency', accountThrottles()],
      ['ingest-loop', 'Lambda stopped a loop of invocations', recursion(functions.ingest)],
      ['api-errors', 'The Action got no answer', functions.api.metricErrors(sum)],
      ['rerun-errors', 'Published models were not looked at', functions.rerun.metricErrors(sum)],
    ];
    this.alarms = watched.map(([name, description, metric]) => {
      const alarm = new Alarm(this, name, {
        alarmName: props.names.of(name),
        alarmDescription: description,
        metric,
        threshold: 0,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      if (props.topic) alarm.addAlarmAction(new SnsAction(props.topic));
      return alarm;
    });
    if (props.dashboard) this.#dashboard(props);
  }

  #dashboard({ names, optimize, lanes, functions, deadLetters }: WatchProps): void {
    const all = [...Object.values(lanes), ...Object.values(functions)];
    const graph = (title: string, left: IMetric[]): GraphWidget =>
      new GraphWidget({ title, left, width: 12 });
    new Dashboard(this, 'Dashboard', {
      dashboardName: names.of('overview'),
      widgets: [
        [
          graph('Jobs', [
            optimize.metricStarted(sum),
            optimize.metricSucceeded(sum),
            optimize.metricFailed(sum),
          ]),
          graph('Minutes of a job', [optimize.metricTime({ statistic: 'p90', period: PERIOD })]),
        ],
        [
          graph(
            'Invocations',
            all.map((one) => one.metricInvocations(sum)),
          ),
          graph(
            'Errors',
            all.map((one) => one.metricErrors(sum)),
          ),
        ],
        [
          graph(
            'Undelivered',
            Object.values(deadLetters).map((queue) =>
              queue.metricApproximateNumberOfMessagesVisible(),
            ),
          ),
          graph(
            'Seconds of a shard',
            Object.values(lanes).map((one) =>
              one.metricDuration({ statistic: 'p90', period: PERIOD }),
            ),
          ),
        ],
      ],
    });
  }
}

/** Of all functions of the account, which share one limit. */
const accountThrottles = (): Metric =>
  new Metric({ namespace: 'AWS/Lambda', metricName: 'Throttles', ...sum });

/** An upload that made another upload would turn forever. */
const recursion = (ingest: IFunction): Metric =>
  new Metric({
    namespace: 'AWS/Lambda',
    metricName: 'RecursiveInvocationsDropped',
    dimensionsMap: { FunctionName: ingest.functionName },
    ...sum,
  });
