import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { expect, it, vi } from 'vitest';
import { clientDefaults, processS3Client, s3Client } from '../../../functions/adapters/clients.ts';

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

it('is one for all calls of a process, and its connections are kept', async () => {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    sockets.add(request.socket);
    response.setHeader('content-type', 'application/xml');
    response.end('<ListAllMyBucketsResult><Buckets></Buckets></ListAllMyBucketsResult>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('AWS_ENDPOINT_URL_S3', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  try {
    for (let call = 0; call < 3; call++) await processS3Client().send(new ListBucketsCommand());
    expect(sockets.size).toBe(1);
    expect(processS3Client()).toBe(processS3Client());
  } finally {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  }
});
