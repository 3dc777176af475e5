/** What each trusted function may do, and nothing else. Those of the untrusted lane may do nothing of this. */
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Names, Trusted } from './names.ts';

export interface Places {
  readonly inbox: Bucket;
  readonly outbox: Bucket;
  readonly names: Names;
  /** ARN of the bus that the functions' events go to. */
  readonly eventBus: string;
  /** Whether orders are signed anew by a machine; see machine/renew.ts. */
  readonly renews: boolean;
}

/** The statements of one trusted function's role; logs and traces come with every function. */
export function permissionsOf(name: Trusted, places: Places): readonly PolicyStatement[] {
  return PERMISSIONS[name](places);
}

const PERMISSIONS: Readonly<Record<Trusted, (places: Places) => readonly PolicyStatement[]>> = {
  ingest: (places) => [startGathering(places)],
  gather: (places) => [
    ...readInbox(places),
    listOutbox(places),
    objects(places, ['s3:GetObject', 's3:PutObject'], 'jobs/*'),
    // The pointers: what is published already.
    objects(places, ['s3:GetObject'], 'models/*'),
    ...startJobs(places),
  ],
  advance: (places) => [
    ...readInbox(places),
    listOutbox(places),
    objects(places, ['s3:GetObject'], '*'),
    objects(
      places,
      ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      'blobs/*',
      'steps/*',
      'work/*',
    ),
    ...(places.renews ? [allow(['states:StartExecution'], places.names.machineArn('renew'))] : []),
  ],
  publish: (places) => [
    listOutbox(places),
    objects(places, ['s3:GetObject'], '*'),
    objects(
      places,
      ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      'models/*',
    ),
    objects(places, ['s3:PutObject'], 'comparisons/*'),
    tellEvents(places),
  ],
  api: (places) => [
    listOutbox(places),
    objects(places, ['s3:GetObject'], '*'),
    objects(places, ['s3:PutObject'], 'blobs/*', 'comparisons/*'),
    startOptimizing(places),
    followJobs(places),
  ],
  rerun: (places) => [
    ...readInbox(places),
    listOutbox(places),
    objects(places, ['s3:GetObject'], '*'),
    objects(places, ['s3:PutObject'], 'jobs/*'),
    ...startJobs(places),
    // What one call does not come to, the machine goes on with.
    startGathering(places),
  ],
};

const allow = (actions: readonly string[], ...resources: string[]): PolicyStatement =>
  new PolicyStatement({ effect: Effect.ALLOW, actions: [...actions], resources });

const readInbox = ({ inbox }: Places): readonly PolicyStatement[] => [
  allow(['s3:ListBucket', 's3:ListBucketVersions'], inbox.bucketArn),
  allow(['s3:GetObject', 's3:GetObjectVersion'], inbox.arnForObjects('*')),
];

/** Without it a missing object is "forbidden", which cannot be told from a fault. */
const listOutbox = ({ outbox }: Places): PolicyStatement =>
  allow(['s3:ListBucket'], outbox.bucketArn);

const objects = (
  { outbox }: Places,
  actions: readonly string[],
  ...keys: string[]
): PolicyStatement => allow(actions, ...keys.map((key) => outbox.arnForObjects(key)));

const startGathering = ({ names }: Places): PolicyStatement =>
  allow(['states:StartExecution'], names.machineArn('gather'));

const startOptimizing = ({ names }: Places): PolicyStatement =>
  allow(['states:StartExecution'], names.machineArn('optimize'));

const followJobs = ({ names }: Places): PolicyStatement =>
  allow(['states:DescribeExecution'], names.executionArns('optimize'));

/** Only while fewer run than may, which takes a list of them. */
const startJobs = (places: Places): readonly PolicyStatement[] => [
  startOptimizing(places),
  allow(['states:ListExecutions'], places.names.machineArn('optimize')),
  followJobs(places),
];

const tellEvents = ({ eventBus }: Places): PolicyStatement =>
  new PolicyStatement({
    actions: ['events:PutEvents'],
    resources: [eventBus],
    conditions: { StringEquals: { 'events:source': 'fettle' } },
  });
