/** S3 by others: what our emulator must do, versitygw does; and what we keep in S3 is kept there, too. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll } from 'vitest';
import { s3Client } from '../../functions/adapters/clients.ts';
import { S3Objects } from '../../functions/adapters/s3-objects.ts';
import { S3Store } from '../../functions/adapters/s3-store.ts';
import { makeTempDir, removeTempDir } from '../../shared/base/files.ts';
import { objectStoreContract } from '../contracts/object-store.ts';
import { storeContract } from '../contracts/store.ts';
import { s3Conformance } from '../emulators/s3/conformance.ts';
import { freePort, Server, withReferee } from './_referee.ts';
import { VERSITYGW, VERSITYGW_OBJECTS } from './known-differences.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'testsecret' };
const region = 'us-east-1';

withReferee('versitygw', (program) => {
  let folder: string;
  let server: Server;
  let client: S3Client;

  beforeAll(async () => {
    folder = makeTempDir('referee');
    const [objects, versions] = [join(folder, 'objects'), join(folder, 'versions')];
    for (const path of [objects, versions]) mkdirSync(path);
    const port = await freePort();
    const address = ['--port', `127.0.0.1:${port}`, '--virtual-domain', 's3.localhost'];
    server = await Server.start(
      program,
      [...address, '--quiet', 'posix', '--versioning-dir', versions, objects],
      {
        port,
        seconds: 30,
        env: {
          ROOT_ACCESS_KEY: credentials.accessKeyId,
          ROOT_SECRET_KEY: credentials.secretAccessKey,
        },
      },
    );
    client = s3Client({ endpoint: server.endpoint, region, credentials });
  });

  afterAll(async () => {
    client?.destroy();
    await server?.[Symbol.asyncDispose]();
    removeTempDir(folder);
  });

  async function makeBucket(): Promise<string> {
    const bucket = `fettle-${randomBytes(4).toString('hex')}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    return bucket;
  }

  s3Conformance(
    'versitygw',
    async () => ({ endpoint: server.endpoint, region, credentials }),
    VERSITYGW,
  );

  storeContract(
    'S3 in versitygw',
    async () => new S3Store({ client, bucket: await makeBucket(), cache: makeTempDir('test') }),
  );

  objectStoreContract(
    'S3 in versitygw',
    async () => new S3Objects(client, await makeBucket()),
    VERSITYGW_OBJECTS,
  );
});
