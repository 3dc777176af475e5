/** How an upload reaches `ingest`: S3 → EventBridge → queue, where it waits while much arrives at once. */
import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { deadLetters } from './dead-letters.ts';

/** Six times the function's 30 s, as Lambda advises, so that no message is seen twice while it is being handled. */
const VISIBLE_AGAIN = Duration.seconds(180);

/** Deliveries before a message is given up; throttled polls count too. */
const MAX_DELIVERIES = 10;

export interface IngestQueueProps {
  readonly inbox: Bucket;
  readonly ingest: IFunction;
  /** Instances of `ingest` at once, at least 2: Lambda's own least. */
  readonly maxConcurrency?: number;
}

/** Rule, queue, dead letters and the poller. */
export class IngestQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { inbox, ingest, maxConcurrency }: IngestQueueProps) {
    super(scope, id);
    this.deadLetters = deadLetters(this, 'DeadLetters');
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: VISIBLE_AGAIN,
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_DELIVERIES },
    });
    new Rule(this, 'Uploads', {
      description: 'Objects that arrive in the inbox',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [inbox.bucketName] } },
      },
      targets: [new SqsQueue(this.queue, { deadLetterQueue: this.deadLetters })],
    });
    this.queue.grantConsumeMessages(ingest);
    new EventSourceMapping(this, 'Poll', {
      target: ingest,
      eventSourceArn: this.queue.queueArn,
      batchSize: 10,
      maxConcurrency: maxConcurrency ?? 5,
      reportBatchItemFailures: true,
    });
  }
}
