import { S3Store } from '../../../functions/adapters/s3-store.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { storeContract } from '../../contracts/store.ts';
import { withS3 } from './_bucket.ts';

const makeBucket = withS3();

storeContract('S3', async () => {
  const { client, bucket } = makeBucket({ versioning: 'Enabled' });
  return new S3Store({ client, bucket, cache: makeTempDir('test') });
});
