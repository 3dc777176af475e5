/** The bucket in which everything lies that was made: blobs, results of steps, runs. */
import { Duration } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ABORT_UPLOADS, type BucketOptions, bucketProps } from './inbox.ts';

/** A state machine can be redriven for 14 days, but what it left half-done is made again sooner. */
const WORK_DAYS = 7;

/** Answers to pull requests that are long closed; asked for again, they are made again. */
const COMPARISON_DAYS = 90;

/** Long enough to undo a mistake: a pointer moved or a run forgotten. */
const NONCURRENT_DAYS = 30;

/** The outbox. What is under way (`work/`) goes after a week, what was replaced or deleted after a month, and answers
 * to pull requests after three. */
export class Outbox extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, options: BucketOptions = {}) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      ...bucketProps(options, 'outbox/'),
      lifecycleRules: [
        ABORT_UPLOADS,
        {
          id: 'expire-work',
          prefix: 'work/',
          expiration: Duration.days(WORK_DAYS),
          noncurrentVersionExpiration: Duration.days(1),
        },
        {
          id: 'expire-comparisons',
          prefix: 'comparisons/',
          expiration: Duration.days(COMPARISON_DAYS),
        },
        {
          id: 'expire-replaced',
          noncurrentVersionExpiration: Duration.days(NONCURRENT_DAYS),
          expiredObjectDeleteMarker: true,
        },
      ],
    });
  }
}
