import { Match } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { Inbox } from '../../cdk/inbox.ts';
import { _only, _templateOf, _text } from './_template.ts';

describe('Inbox', () => {
  const template = _templateOf((stack) => new Inbox(stack, 'Inbox'));

  it('keeps every version, encrypted and closed to the public', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
          ],
        },
      },
    });
  });

  it('deletes nothing but parts of uploads that were never completed', () => {
    expect(_only(template, 'AWS::S3::Bucket').LifecycleConfiguration).toEqual({
      Rules: [
        {
          Id: 'abort-incomplete-uploads',
          Status: 'Enabled',
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        },
      ],
    });
  });

  it('tells EventBridge without a function of the library', () => {
    expect(_only(template, 'AWS::S3::Bucket').NotificationConfiguration).toEqual({
      EventBridgeConfiguration: { EventBridgeEnabled: true },
    });
    template.resourceCountIs('AWS::Lambda::Function', 0);
  });

  it('is reached by TLS 1.2 only', () => {
    const policy = _text(_only(template, 'AWS::S3::BucketPolicy').PolicyDocument);
    expect(policy).toContain(
      'Action: s3:*; Condition: Bool: aws:SecureTransport: false; Effect: Deny',
    );
    expect(policy).toContain('NumericLessThan: s3:TlsVersion: 1.2; Effect: Deny');
  });
});

it('takes a name, a key and a bucket for access logs', () => {
  const template = _templateOf((stack) => {
    // The library's class and its interface differ in `undefined` alone.
    const accessLogs = new Bucket(stack, 'Logs') as IBucket;
    new Inbox(stack, 'Inbox', { name: 'models-in', key: new Key(stack, 'Key'), accessLogs });
  });
  template.hasResourceProperties('AWS::S3::Bucket', {
    BucketName: 'models-in',
    LoggingConfiguration: {
      LogFilePrefix: 'inbox/',
      DestinationBucketName: { Ref: Match.stringLikeRegexp('^Logs') },
    },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        {
          BucketKeyEnabled: true,
          ServerSideEncryptionByDefault: {
            SSEAlgorithm: 'aws:kms',
            KMSMasterKeyID: Match.anyValue(),
          },
        },
      ],
    },
  });
});
