/** Who may come: signatures in headers and in addresses, and bucket names in host names. */
import { Agent } from 'node:http';
import type { LookupFunction } from 'node:net';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { expect } from 'vitest';
import { type Case, refusal } from './case.ts';

export const accessCases: readonly Case[] = [
  {
    name: 'a wrong secret is refused',
    run: async (bench) => {
      const { accessKeyId } = bench.target.credentials;
      const client = bench.makeClient({
        credentials: { accessKeyId, secretAccessKey: 'another-secret' },
      });
      const put = client.send(new PutObjectCommand({ Bucket: bench.bucket, Key: 'a', Body: 'x' }));
      expect(await refusal(put)).toBe('SignatureDoesNotMatch 403');
    },
  },
  {
    name: 'an unknown sender is refused',
    run: async (bench) => {
      const client = bench.makeClient({
        credentials: { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' },
      });
      const get = client.send(new GetObjectCommand({ Bucket: bench.bucket, Key: 'a' }));
      expect(await refusal(get)).toBe('InvalidAccessKeyId 403');
    },
  },
  {
    name: 'nobody comes without a signature',
    run: async (bench) => {
      const response = await fetch(`${bench.target.endpoint}/${bench.bucket}/a`);
      expect(response.status).toBe(403);
    },
  },
  {
    name: 'presigned addresses write and read',
    run: async (bench) => {
      // Else the address would hold the checksum of no bytes at all.
      const client = bench.makeClient({ requestChecksumCalculation: 'WHEN_REQUIRED' });
      const place = { Bucket: bench.bucket, Key: 'presigned/ü +' };
      const put = await getSignedUrl(client, new PutObjectCommand(place), { expiresIn: 60 });
      expect((await fetch(put, { method: 'PUT', body: 'by address' })).status).toBe(200);
      const get = await getSignedUrl(client, new GetObjectCommand(place), { expiresIn: 60 });
      expect(await (await fetch(get)).text()).toBe('by address');
    },
  },
  {
    name: 'presigned addresses end, and serve nothing else',
    run: async (bench) => {
      await bench.put('presigned/a', 'x');
      await bench.put('presigned/b', 'x');
      const command = new GetObjectCommand({ Bucket: bench.bucket, Key: 'presigned/a' });
      const signingDate = new Date(Date.now() - 3_600_000);
      const old = await getSignedUrl(bench.client, command, { expiresIn: 60, signingDate });
      expect((await fetch(old)).status).toBe(403);
      const url = await getSignedUrl(bench.client, command, { expiresIn: 60 });
      expect((await fetch(url)).status).toBe(200);
      expect((await fetch(url.replace('/presigned/a?', '/presigned/b?'))).status).toBe(403);
      expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
    },
  },
  {
    name: 'headers that change a request must be signed',
    run: async ({ client, bucket }) => {
      const command = new PutObjectCommand({ Bucket: bucket, Key: 'presigned/c' });
      const url = await getSignedUrl(client, command, { expiresIn: 60 });
      const headers = { 'x-amz-meta-added': 'later' };
      expect((await fetch(url, { method: 'PUT', body: 'x', headers })).status).toBe(403);
    },
  },
  {
    name: 'the bucket may stand in the host name',
    run: async (bench) => {
      const { port } = new URL(bench.target.endpoint);
      const lookup: LookupFunction = (_host, options, done) =>
        options.all
          ? done(null, [{ address: '127.0.0.1', family: 4 }])
          : done(null, '127.0.0.1', 4);
      const client = bench.makeClient({
        endpoint: `http://s3.localhost:${port}`,
        forcePathStyle: false,
        requestHandler: { httpAgent: new Agent({ lookup }) },
      });
      const place = { Bucket: bench.bucket, Key: 'in host/ä' };
      await client.send(new PutObjectCommand({ ...place, Body: 'x' }));
      expect(await bench.text(place.Key)).toBe('x');
      client.destroy();
    },
  },
];
