/** The outbox for somebody at a terminal, with their own rights: what goes wrong is said so that they can mend it. */
import { S3ServiceException } from '@aws-sdk/client-s3';
import { FettleError, InputError, ToolError } from '../../shared/base/errors.ts';
import type { ObjectStore } from '../../shared/pipeline/distributed/object-store.ts';
import { s3Client } from './clients.ts';
import { S3Objects } from './s3-objects.ts';

/** Somebody waits: a host that is not there is told after seconds, not minutes. */
const ATTEMPTS = 3;

/**
 * Region, credentials and endpoint are found as every tool of AWS finds them.
 * @throws InputError for what is missing or denied, ToolError when nobody answers
 */
export async function withOutbox<T>(
  bucket: string,
  work: (outbox: ObjectStore) => Promise<T>,
): Promise<T> {
  const client = s3Client({ maxAttempts: ATTEMPTS, followRegionRedirects: true });
  try {
    return await work(new S3Objects(client, bucket));
  } catch (error) {
    throw explainRemoteError(error, bucket);
  } finally {
    client.destroy();
  }
}

/** One that is not of AWS unchanged. */
export function explainRemoteError(error: unknown, bucket: string): unknown {
  const cause = rootOf(error);
  const name = cause instanceof Error ? cause.name : '';
  const message = cause instanceof Error ? cause.message : String(cause);
  if (name === 'CredentialsProviderError')
    return new InputError('no AWS credentials were found', {
      hint: 'Log in (aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: whatever the AWS command line takes.',
      cause,
    });
  if (/^Region is missing/.test(message))
    return new InputError('no AWS region is set', {
      hint: 'Set AWS_REGION, or a region in the profile: that of the stack.',
      cause,
    });
  if (cause instanceof S3ServiceException) return explainAnswer(cause, bucket) ?? error;
  if (isUnreachable(cause))
    return new ToolError(`S3 does not answer: ${message}`, {
      hint: 'Check the network, AWS_REGION and AWS_ENDPOINT_URL_S3.',
      cause,
    });
  return error;
}

const EXPIRED = new Set(['ExpiredToken', 'TokenRefreshRequired', 'RequestExpired']);
const UNKNOWN_KEYS = new Set(['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidToken']);

function explainAnswer(error: S3ServiceException, bucket: string): InputError | undefined {
  const { name, message, $metadata } = error;
  if (name === 'NoSuchBucket')
    return new InputError(`there is no bucket ${bucket}`, {
      hint: 'The stack prints the right one as OutboxName; give it with --outbox or FETTLE_OUTBOX.',
      cause: error,
    });
  if (name === 'InvalidBucketName')
    return new InputError(`"${bucket}" cannot be the name of a bucket`, {
      where: '--outbox',
      cause: error,
    });
  if (EXPIRED.has(name))
    return new InputError('the AWS credentials have expired', {
      hint: 'Log in again, for example with: aws sso login',
      cause: error,
    });
  if (UNKNOWN_KEYS.has(name))
    return new InputError(`AWS does not accept the credentials: ${name}`, {
      hint: 'See whose they are with: aws sts get-caller-identity',
      cause: error,
    });
  if ($metadata.httpStatusCode !== 403) return undefined;
  return new InputError(`access to s3://${bucket} is denied: ${message || name}`, {
    hint: 'Listing needs s3:ListBucket on the bucket and s3:GetObject on models/* and jobs/*; the others also s3:PutObject and s3:DeleteObject on models/*. See who you are with: aws sts get-caller-identity',
    cause: error,
  });
}

/** Under the advice that is meant for functions. */
function rootOf(error: unknown): unknown {
  return error instanceof FettleError && error.cause instanceof S3ServiceException
    ? error.cause
    : error;
}

const UNREACHABLE =
  /^(?:ENOTFOUND|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ETIMEDOUT|EPIPE)$/;

function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return UNREACHABLE.test(code) || error.name === 'TimeoutError';
}
