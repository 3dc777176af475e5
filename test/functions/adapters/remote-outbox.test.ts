import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { explainRemoteError, withOutbox } from '../../../functions/adapters/remote-outbox.ts';
import { withS3 } from './_bucket.ts';

const bucketOf = withS3();

/** As somebody's shell has them, and nothing of this machine. */
function useShell(variables: Readonly<Record<string, string>>): void {
  const none = ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_DEFAULT_REGION', 'AWS_REGION'];
  for (const name of [...none, 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}

const list = (bucket: string) =>
  withOutbox(bucket, async (outbox) => {
    const keys = [];
    for await (const { key } of outbox.list('')) keys.push(key);
    return keys;
  });

describe('with the rights of the shell', () => {
  let shell: Record<string, string>;
  let bucket: string;

  beforeEach(() => {
    const made = bucketOf();
    bucket = made.bucket;
    shell = {
      AWS_ENDPOINT_URL_S3: made.s3.endpoint,
      AWS_REGION: made.s3.region,
      AWS_ACCESS_KEY_ID: made.s3.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: made.s3.credentials.secretAccessKey,
    };
  });
  afterEach(() => vi.unstubAllEnvs());

  it('it works', async () => {
    useShell(shell);
    await withOutbox(bucket, (outbox) => outbox.put('a', 'text'));
    expect(await list(bucket)).toEqual(['a']);
  });

  it('a bucket that is not there', async () => {
    useShell(shell);
    await expect(list('no-such-bucket')).rejects.toMatchObject({
      exitCode: 2,
      message: 'there is no bucket no-such-bucket',
      hint: expect.stringContaining('OutboxName'),
    });
  });

  it('no credentials, or those of nobody', async () => {
    const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...none } = shell;
    useShell(none);
    await expect(list(bucket)).rejects.toMatchObject({
      exitCode: 2,
      message: 'no AWS credentials were found',
    });
    useShell({ ...shell, AWS_ACCESS_KEY_ID: 'AKIAUNKNOWN' });
    await expect(list(bucket)).rejects.toMatchObject({
      message: 'AWS does not accept the credentials: InvalidAccessKeyId',
    });
  });

  it('no region, and nobody who answers', async () => {
    const { AWS_REGION: _, ...none } = shell;
    useShell(none);
    await expect(list(bucket)).rejects.toMatchObject({ message: 'no AWS region is set' });
    useShell({ ...shell, AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' });
    await expect(list(bucket)).rejects.toMatchObject({
      name: 'ToolError',
      hint: expect.stringContaining('AWS_ENDPOINT_URL_S3'),
    });
  });

  it('no right to it', async () => {
    useShell(shell);
    await expect(
      withOutbox(bucket, async () => {
        throw await denial();
      }),
    ).rejects.toMatchObject({ exitCode: 2, hint: expect.stringContaining('s3:ListBucket') });
  });
});

/** As the adapters throw it. */
async function denial(): Promise<unknown> {
  const { S3ServiceException } = await import('@aws-sdk/client-s3');
  const { explainS3Error } = await import('../../../functions/adapters/s3-errors.ts');
  const error = new S3ServiceException({
    name: 'AccessDenied',
    $fault: 'client',
    $metadata: { httpStatusCode: 403 },
    message: 'Access Denied',
  });
  return explainS3Error(error, 's3://b');
}

it('what is not of AWS stays what it is', () => {
  const error = new RangeError('ours');
  expect(explainRemoteError(error, 'b')).toBe(error);
});
