import { S3ServiceException } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { s3Client } from '../../../functions/adapters/clients.ts';
import { Patience } from '../../../functions/adapters/patience.ts';
import { S3Objects } from '../../../functions/adapters/s3-objects.ts';
import { withS3 } from './_bucket.ts';

const makeBucket = withS3();

it.each(['THROTTLING', 'TRANSIENT', 'SERVER_ERROR'])(
  'tries %s again, with longer pauses',
  async (errorType) => {
    const patience = new Patience(4);
    const pauses: number[] = [];
    let token = await patience.acquireInitialRetryToken();
    for (let count = 1; count < 4; count++) {
      token = await patience.refreshRetryTokenForRetry(token, { errorType });
      expect(token.getRetryCount()).toBe(count);
      pauses.push(token.getRetryDelay());
    }
    expect(Math.max(...pauses)).toBeLessThanOrEqual(2000);
    const error = new Error('in the end');
    await expect(patience.refreshRetryTokenForRetry(token, { errorType, error })).rejects.toBe(
      error,
    );
  },
);

it('tries nothing again that the caller did wrong', async () => {
  const patience = new Patience(4);
  const token = await patience.acquireInitialRetryToken();
  const error = new Error('wrong');
  const refused = patience.refreshRetryTokenForRetry(token, { errorType: 'CLIENT_ERROR', error });
  await expect(refused).rejects.toBe(error);
});

it('lets no call fail for the failures of others', async () => {
  const { s3, bucket } = makeBucket();
  s3.setFaults({ throttle: 0.3, fail: 0.1, lose: 0.05 });
  const { endpoint, region, credentials } = s3;
  const retryStrategy = new Patience(12, { isHasty: true });
  const client = s3Client({ endpoint, region, credentials, retryStrategy });
  const objects = new S3Objects(client, bucket);
  const writes = Array.from({ length: 300 }, (_, i) =>
    objects.put(`k${i}`, '', { ifNoneMatch: '*' }),
  );
  const written = await Promise.all(writes);
  expect(written.filter((one) => one === undefined)).toEqual([]);
  client.destroy();
});

it('says what failed when it gives up', async () => {
  const { s3, bucket } = makeBucket();
  s3.setFaults({ throttle: 1 });
  const { endpoint, region, credentials } = s3;
  const retryStrategy = new Patience(3, { isHasty: true });
  const client = s3Client({ endpoint, region, credentials, retryStrategy });
  const failed = await new S3Objects(client, bucket).put('k', '').catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(S3ServiceException);
  expect(failed).toMatchObject({ name: 'SlowDown', $metadata: { attempts: 3 } });
  client.destroy();
});
