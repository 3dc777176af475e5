import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { imageFunction } from '../../cdk/image-function.ts';
import { IngestQueue } from '../../cdk/ingest-queue.ts';
import { functionIdentity } from '../../cdk/role.ts';
import { _IMAGE, _only, _places, _statements, _templateOf, _text } from './_template.ts';

const template = _templateOf((stack) => {
  const ingest = imageFunction(stack, 'ingest', {
    ...functionIdentity(stack, 'ingest', 'fettle-ingest'),
    image: { uri: _IMAGE },
    command: 'index.ingest',
    architecture: 'x86_64',
  });
  new IngestQueue(stack, 'Queue', { inbox: _places(stack).inbox, ingest });
});

describe('IngestQueue', () => {
  it('takes objects that arrive in the inbox, and nothing else that happens', () => {
    const rule = _only(template, 'AWS::Events::Rule');
    expect(_text(rule.EventPattern)).toBe(
      'source: aws.s3; detail-type: Object Created; detail: bucket: name: <In>',
    );
    expect(rule.Targets).toMatchObject([{ DeadLetterConfig: { Arn: expect.anything() } }]);
  });

  it('gives a message up after ten deliveries', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 180,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { maxReceiveCount: 10, deadLetterTargetArn: Match.anyValue() },
    });
  });

  it('starts few instances, which say which messages failed', () => {
    expect(_only(template, 'AWS::Lambda::EventSourceMapping')).toMatchObject({
      BatchSize: 10,
      ScalingConfig: { MaximumConcurrency: 5 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  it('lets EventBridge write for this rule only, and ingest read', () => {
    const policies = Object.values(template.findResources('AWS::SQS::QueuePolicy'))
      .map((policy) => _text(policy.Properties.PolicyDocument))
      .join('\n');
    expect(policies.match(/aws:SourceArn: <QueueUploads\.Arn>/g)).toHaveLength(2);
    expect(_statements(template)).toEqual([
      '<ingestRole>: Allow logs:CreateLogStream, logs:PutLogEvents on <ingestLogs.Arn>',
      '<ingestRole>: Allow sqs:ChangeMessageVisibility, sqs:DeleteMessage, sqs:GetQueueAttributes, sqs:GetQueueUrl, sqs:ReceiveMessage on <Queue.Arn>',
    ]);
  });
});
