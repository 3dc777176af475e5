import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { clientDefaults, s3Client } from '../../../functions/adapters/clients.ts';

it('is patient', async () => {
  expect(clientDefaults().maxAttempts).toBeGreaterThanOrEqual(10);
  expect(await s3Client({ region: 'eu-central-1' }, {}).config.maxAttempts()).toBe(12);
});

it('is as impatient as it is told', async () => {
  const client = s3Client({
    region: 'eu-central-1',
    endpoint: 'http://127.0.0.1:1',
    maxAttempts: 2,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  const failed = await client.send(new ListBucketsCommand()).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: 'ECONNREFUSED', $metadata: { attempts: 2 } });
});

it.each([
  [{}, {}, false],
  [{}, { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9000' }, true],
  [{}, { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, true],
  [{ endpoint: 'http://127.0.0.1:9000' }, {}, true],
])('names buckets in paths where the endpoint is another: %j %j', (config, env, expected) => {
  const client = s3Client({ region: 'eu-central-1', ...config }, env);
  expect(client.config.forcePathStyle).toBe(expected);
});
