import { expect, it } from 'vitest';
import { Outbox } from '../../cdk/outbox.ts';
import { _only, _templateOf } from './_template.ts';

it('lets go of what was under way after a week, and of what was replaced after a month', () => {
  const template = _templateOf((stack) => new Outbox(stack, 'Outbox'));
  expect(_only(template, 'AWS::S3::Bucket').LifecycleConfiguration).toEqual({
    Rules: [
      {
        Id: 'abort-incomplete-uploads',
        Status: 'Enabled',
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      },
      {
        Id: 'expire-work',
        Status: 'Enabled',
        Prefix: 'work/',
        ExpirationInDays: 7,
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
      },
      {
        Id: 'expire-comparisons',
        Status: 'Enabled',
        Prefix: 'comparisons/',
        ExpirationInDays: 90,
      },
      {
        Id: 'expire-replaced',
        Status: 'Enabled',
        ExpiredObjectDeleteMarker: true,
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
      },
    ],
  });
});

it('stays when the stack goes', () => {
  _templateOf((stack) => new Outbox(stack, 'Outbox')).hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
  });
});
