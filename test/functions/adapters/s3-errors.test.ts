import { S3ServiceException } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import {
  explainS3Error,
  isBeyondEnd,
  isConflict,
  isLost,
  isMissing,
  isUploadGone,
} from '../../../functions/adapters/s3-errors.ts';

const refused = (name: string, status: number): S3ServiceException =>
  new S3ServiceException({
    name,
    message: 'said S3',
    $fault: 'client',
    $metadata: { httpStatusCode: status },
  });

const KINDS = { isMissing, isLost, isConflict, isBeyondEnd, isUploadGone };

it.each([
  ['NoSuchKey', 404, ['isMissing']],
  ['NotFound', 404, ['isMissing']],
  ['NoSuchUpload', 404, ['isMissing', 'isUploadGone']],
  ['NoSuchBucket', 404, []],
  ['PreconditionFailed', 412, ['isLost']],
  ['ConditionalRequestConflict', 409, ['isConflict']],
  ['InvalidRange', 416, ['isBeyondEnd']],
  ['AccessDenied', 403, []],
] as const)('%s %i is %j', (name, status, expected) => {
  const error = refused(name, status);
  const kinds = Object.entries(KINDS).flatMap(([kind, is]) => (is(error) ? [kind] : []));
  expect(kinds).toEqual(expected);
});

it('says what the operator must change', () => {
  expect(explainS3Error(refused('AccessDenied', 403), 's3://b')).toMatchObject({
    exitCode: 2,
    message: 's3://b: AccessDenied (said S3)',
  });
  expect(explainS3Error(refused('NoSuchBucket', 404), 's3://b')).toMatchObject({
    exitCode: 2,
    message: 'there is no bucket s3://b',
  });
  const other = refused('SlowDown', 503);
  expect(explainS3Error(other, 's3://b')).toBe(other);
});
