/** CopyObject, and what UploadPartCopy shares with it. */
import { createHash } from 'node:crypto';
import type { Body } from '../bodies.ts';
import type { ObjectVersion } from '../buckets.ts';
import type { Call, Reply } from '../call.ts';
import { type Algorithm, isAlgorithm, memberOf, startChecksum } from '../checksums.ts';
import { checkCopySource, writeConditions } from '../conditions.ts';
import { invalid } from '../errors.ts';
import { encryptionOf, headersFrom, quoted, versionHeader } from '../object-headers.ts';
import { element } from '../xml.ts';
import { xml } from './buckets.ts';
import { findObject } from './get-object.ts';
import { checkKey } from './put-object.ts';

/** One copy takes at most 5 GiB; more goes by parts. */
const MAX_COPY_BYTES = 5 * 2 ** 30;

export async function copyObject(call: Call): Promise<Reply> {
  const { world, key } = call;
  const bucket = world.bucket(call.bucketName);
  checkKey(key);
  const conditions = writeConditions(call.header, bucket, key);
  const source = copySource(call);
  const isReplaced = call.header('x-amz-metadata-directive') === 'REPLACE';
  refuseIdle(call, source, isReplaced);
  if (source.body.size > MAX_COPY_BYTES)
    throw invalid(
      'InvalidRequest',
      `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_COPY_BYTES}`,
    );
  const headers = isReplaced ? headersFrom(call) : source.headers;
  const algorithm = wantedAlgorithm(call, source);
  const body = world.bodies.share(source.body);
  try {
    const { etag, value } = await digestsOf(call, source, body, algorithm);
    const checksum = { algorithm, type: 'FULL_OBJECT', value } as const;
    const draft = { key, body, etag, headers, checksum, parts: undefined };
    const version = world.put(bucket, draft, conditions, call.cause('CopyObject'));
    const reply = xml(
      'CopyObjectResult',
      element('LastModified', version.modified.toISOString()),
      element('ETag', quoted(etag)),
      element(memberOf(algorithm), value),
      element('ChecksumType', 'FULL_OBJECT'),
    );
    return {
      ...reply,
      headers: {
        ...reply.headers,
        ...encryptionOf(version),
        ...versionHeader(version),
        ...sourceVersion(source),
      },
    };
  } catch (error) {
    world.bodies.release(body);
    throw error;
  }
}

/** The object that `x-amz-copy-source` names, its conditions checked. @throws S3Error */
export function copySource(call: Call): ObjectVersion {
  const [path = '', versionId] = (call.header('x-amz-copy-source') ?? '').split('?versionId=');
  const plain = decodeURIComponent(path).replace(/^\//, '');
  const slash = plain.indexOf('/');
  if (slash <= 0)
    throw invalid('InvalidArgument', 'Copy Source must mention the source bucket and key');
  const bucketName = plain.slice(0, slash);
  const key = plain.slice(slash + 1);
  call.demand(versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion', bucketName, key);
  const source = findObject(call, bucketName, key, versionId);
  checkCopySource(call.header, source);
  return source;
}

export const sourceVersion = ({ versionId }: ObjectVersion) =>
  versionId === 'null' ? {} : { 'x-amz-copy-source-version-id': versionId };

/** MD5 and a checksum of bytes on disk. */
export async function digestBody(
  call: Call,
  body: Body,
  algorithm: Algorithm,
): Promise<{ etag: string; value: string }> {
  const md5 = createHash('md5');
  const running = startChecksum(algorithm);
  for await (const chunk of call.world.bodies.read(body)) {
    md5.update(chunk);
    running.update(chunk);
  }
  return { etag: md5.digest('hex'), value: running.value() };
}

/** A copy keeps its source's digests where they are those of a whole object. */
async function digestsOf(
  call: Call,
  source: ObjectVersion,
  body: Body,
  algorithm: Algorithm,
): Promise<{ etag: string; value: string }> {
  const { checksum, etag, parts } = source;
  const isSame = checksum?.algorithm === algorithm && checksum.type === 'FULL_OBJECT' && !parts;
  return isSame ? { etag, value: checksum.value } : digestBody(call, body, algorithm);
}

function wantedAlgorithm(call: Call, { checksum }: ObjectVersion): Algorithm {
  const asked = call.header('x-amz-checksum-algorithm')?.toUpperCase();
  if (asked === undefined) return checksum?.algorithm ?? 'CRC64NVME';
  if (!isAlgorithm(asked)) throw invalid('InvalidRequest', 'Unknown checksum algorithm.');
  return asked;
}

function refuseIdle(call: Call, source: ObjectVersion, isReplaced: boolean): void {
  const isSelf =
    call.world.buckets.get(call.bucketName)?.current(call.key) === source && !isReplaced;
  if (!isSelf) return;
  throw invalid(
    'InvalidRequest',
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}
