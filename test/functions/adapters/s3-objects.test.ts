import { S3Objects } from '../../../functions/adapters/s3-objects.ts';
import { objectStoreContract } from '../../contracts/object-store.ts';
import { withS3 } from './_bucket.ts';

const makeBucket = withS3();
const make = async () => {
  const { client, bucket } = makeBucket();
  return new S3Objects(client, bucket);
};

objectStoreContract('S3', make);

objectStoreContract('S3 with versions', async () => {
  const { client, bucket } = makeBucket({ versioning: 'Enabled' });
  return new S3Objects(client, bucket);
});
