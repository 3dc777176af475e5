/** What S3's refusals mean. */
import { S3ServiceException } from '@aws-sdk/client-s3';
import { InputError } from '../../shared/base/errors.ts';

const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;

/** There is no such object, or a marker that it was deleted. A missing bucket is another matter. */
export const isMissing = (error: unknown): boolean =>
  statusOf(error) === 404 && error instanceof Error && error.name !== 'NoSuchBucket';

/** The upload ended already: completed by a call whose answer was lost, or aborted. */
export const isUploadGone = (error: unknown): boolean =>
  error instanceof Error && error.name === 'NoSuchUpload';

/** The condition of a write did not hold: somebody else was first. */
export const isLost = (error: unknown): boolean => statusOf(error) === 412;

/** Somebody else wrote at the same time; who won is not known. */
export const isConflict = (error: unknown): boolean => statusOf(error) === 409;

/** The range begins behind the end: always so for an empty object. */
export const isBeyondEnd = (error: unknown): boolean => statusOf(error) === 416;

/** Missing rights and buckets as what the operator must change; others unchanged. */
export function explainS3Error(error: unknown, name: string): unknown {
  if (!(error instanceof S3ServiceException)) return error;
  if (error.name === 'NoSuchBucket')
    return new InputError(`there is no bucket ${name}`, {
      hint: 'Check the name and the region.',
      cause: error,
    });
  if (statusOf(error) === 403)
    return new InputError(`${name}: ${error.name} (${error.message})`, {
      hint: 'The role of this function lacks a right, or the bucket denies it.',
      cause: error,
    });
  return error;
}
