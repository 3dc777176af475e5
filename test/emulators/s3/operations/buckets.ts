/** Operations on buckets themselves. */
import { Bucket } from '../buckets.ts';
import type { Call, Reply } from '../call.ts';
import { invalid, S3Error } from '../errors.ts';
import { receiveText } from '../receive.ts';
import { document, element, parseXml, textOf } from '../xml.ts';

export async function listBuckets({ world }: Call): Promise<Reply> {
  const buckets = [...world.buckets.values()].map(({ name, created }) =>
    element('Bucket', element('Name', name), element('CreationDate', created.toISOString())),
  );
  const owner = element('Owner', element('ID', world.account));
  return xml('ListAllMyBucketsResult', owner, element('Buckets', buckets));
}

export async function createBucket(call: Call): Promise<Reply> {
  const { world, bucketName: name } = call;
  await receiveText(call);
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name))
    throw invalid('InvalidBucketName', 'The specified bucket is not valid.');
  if (world.buckets.has(name)) {
    const text =
      'Your previous request to create the named bucket succeeded and you already own it.';
    throw new S3Error(409, 'BucketAlreadyOwnedByYou', text);
  }
  world.buckets.set(name, new Bucket(name));
  return { status: 200, headers: { location: `/${name}` } };
}

export async function headBucket({ world, bucketName }: Call): Promise<Reply> {
  world.bucket(bucketName);
  return { status: 200, headers: { 'x-amz-bucket-region': world.region } };
}

export async function deleteBucket({ world, bucketName }: Call): Promise<Reply> {
  if (!world.bucket(bucketName).isEmpty)
    throw new S3Error(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty');
  world.buckets.delete(bucketName);
  return { status: 204 };
}

export async function getLocation({ world, bucketName }: Call): Promise<Reply> {
  world.bucket(bucketName);
  // The oldest region has no name here.
  return xml('LocationConstraint', world.region === 'us-east-1' ? '' : world.region);
}

export async function getVersioning({ world, bucketName }: Call): Promise<Reply> {
  const { versioning } = world.bucket(bucketName);
  return xml('VersioningConfiguration', versioning ? element('Status', versioning) : '');
}

export async function putVersioning(call: Call): Promise<Reply> {
  const bucket = call.world.bucket(call.bucketName);
  const node = parseXml(await receiveText(call));
  const status = node && textOf(node, 'Status');
  if (status !== 'Enabled' && status !== 'Suspended')
    throw invalid('MalformedXML', 'The XML you provided was not well-formed.');
  bucket.versioning = status;
  return { status: 200 };
}

/** A document with status 200. */
export const xml = (...content: Parameters<typeof document>): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: document(...content),
});
