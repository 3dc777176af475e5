/** The bucket into which people drop models. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  CfnBucket,
  type IBucket,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export interface BucketOptions {
  /** Generated if absent: a name taken by anybody in the world cannot be had. */
  readonly name?: string | undefined;
  readonly key?: IKey;
  /** Receives the server access log of both buckets. */
  readonly accessLogs?: IBucket;
}

/** What both buckets have in common: kept when the stack goes, and closed to everything but TLS and its own account. */
export function bucketProps(options: BucketOptions, logPrefix: string) {
  return {
    ...(options.name !== undefined && { bucketName: options.name }),
    ...(options.key
      ? { encryption: BucketEncryption.KMS, encryptionKey: options.key, bucketKeyEnabled: true }
      : { encryption: BucketEncryption.S3_MANAGED }),
    ...(options.accessLogs && {
      serverAccessLogsBucket: options.accessLogs,
      serverAccessLogsPrefix: logPrefix,
    }),
    versioned: true,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    removalPolicy: RemovalPolicy.RETAIN,
  };
}

/** Parts of an upload that was never completed cost money and are seen by nobody. */
export const ABORT_UPLOADS = {
  id: 'abort-incomplete-uploads',
  abortIncompleteMultipartUploadAfter: Duration.days(1),
};

/** The inbox. Nothing in it is ever changed or deleted, so old versions stay as well. */
export class Inbox extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, options: BucketOptions = {}) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      ...bucketProps(options, 'inbox/'),
      lifecycleRules: [ABORT_UPLOADS],
    });
    tellEventBridge(this.bucket);
  }
}

/** By the resource's own property: the library's `eventBridgeEnabled` brings a function of its own along. */
function tellEventBridge(bucket: Bucket): void {
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof CfnBucket)) throw new TypeError('a bucket without its resource');
  resource.notificationConfiguration = {
    eventBridgeConfiguration: { eventBridgeEnabled: true },
  };
}
