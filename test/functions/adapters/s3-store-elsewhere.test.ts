/** The store against another server; see `test/emulators/s3/conformance-elsewhere.test.ts`. */
import { randomBytes } from 'node:crypto';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { test } from 'vitest';
import { s3Client } from '../../../functions/adapters/clients.ts';
import { S3Store } from '../../../functions/adapters/s3-store.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { storeContract } from '../../contracts/store.ts';

const endpoint = process.env.FETTLE_TEST_S3_URL;

async function makeBucket() {
  const client = s3Client({
    endpoint: endpoint ?? '',
    region: process.env.AWS_REGION ?? 'us-east-1',
  });
  const bucket = `fettle-${randomBytes(4).toString('hex')}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return { client, bucket };
}

if (endpoint === undefined) test.skip('FETTLE_TEST_S3_URL names no other server', () => {});
else
  storeContract(
    endpoint,
    async () => new S3Store({ ...(await makeBucket()), cache: makeTempDir('test') }),
  );
