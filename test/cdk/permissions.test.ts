import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import type { Trusted } from '../../cdk/names.ts';
import { permissionsOf } from '../../cdk/permissions.ts';
import { _places, _statements, _templateOf } from './_template.ts';

const states = (resource: string): string =>
  `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:${resource}`;

const READ_INBOX = [
  'Allow s3:ListBucket, s3:ListBucketVersions on <In.Arn>',
  'Allow s3:GetObject, s3:GetObjectVersion on <In.Arn>/*',
];
const LIST_OUTBOX = 'Allow s3:ListBucket on <Out.Arn>';
const READ_OUTBOX = 'Allow s3:GetObject on <Out.Arn>/*';
const START_AND_FOLLOW = [
  `Allow states:StartExecution on ${states('stateMachine:fettle-optimize')}`,
  `Allow states:DescribeExecution on ${states('execution:fettle-optimize:*')}`,
];
const START_JOBS = [
  `Allow states:ListExecutions, states:StartExecution on ${states('stateMachine:fettle-optimize')}`,
  `Allow states:DescribeExecution on ${states('execution:fettle-optimize:*')}`,
];
const GATHER = `Allow states:StartExecution on ${states('stateMachine:fettle-gather')}`;
const TELL = 'Allow events:PutEvents on arn:bus if StringEquals: events:source: fettle';

const EXPECTED: Readonly<Record<Trusted, readonly string[]>> = {
  ingest: [GATHER],
  gather: [
    ...READ_INBOX,
    LIST_OUTBOX,
    'Allow s3:GetObject, s3:PutObject on <Out.Arn>/jobs/*',
    'Allow s3:GetObject on <Out.Arn>/models/*',
    ...START_JOBS,
  ],
  advance: [
    ...READ_INBOX,
    LIST_OUTBOX,
    READ_OUTBOX,
    'Allow s3:AbortMultipartUpload, s3:ListMultipartUploadParts, s3:PutObject on <Out.Arn>/blobs/*, <Out.Arn>/steps/*, <Out.Arn>/work/*',
    `Allow states:StartExecution on ${states('stateMachine:fettle-renew')}`,
  ],
  publish: [
    LIST_OUTBOX,
    READ_OUTBOX,
    'Allow s3:AbortMultipartUpload, s3:DeleteObject, s3:ListMultipartUploadParts, s3:PutObject on <Out.Arn>/models/*',
    'Allow s3:PutObject on <Out.Arn>/comparisons/*',
    TELL,
  ],
  api: [
    LIST_OUTBOX,
    READ_OUTBOX,
    'Allow s3:PutObject on <Out.Arn>/blobs/*, <Out.Arn>/comparisons/*',
    ...START_AND_FOLLOW,
  ],
  rerun: [
    ...READ_INBOX,
    LIST_OUTBOX,
    READ_OUTBOX,
    'Allow s3:PutObject on <Out.Arn>/jobs/*',
    ...START_JOBS,
    GATHER,
  ],
};

const names = Object.keys(EXPECTED) as Trusted[];

function statementsFor(name: Trusted): readonly string[] {
  const template = _templateOf((stack) => {
    const role = new Role(stack, 'R', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    for (const statement of permissionsOf(name, _places(stack))) role.addToPolicy(statement);
  });
  return _statements(template).map((line) => line.replace('<R>: ', ''));
}

describe('permissionsOf', () => {
  it.each(names)('%s may do exactly this', (name) => {
    expect(statementsFor(name)).toEqual(EXPECTED[name].toSorted());
  });

  it('lets nobody write to the inbox', () => {
    const writing = names.flatMap(statementsFor).filter((line) => /Put|Delete|Abort/.test(line));
    expect(writing.length).toBeGreaterThan(4);
    expect(writing.filter((line) => line.includes('<In'))).toEqual([]);
  });
});
