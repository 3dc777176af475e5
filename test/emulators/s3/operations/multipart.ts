/** Multipart uploads: begin, list, abort. */
import { randomBytes } from 'node:crypto';
import type { Call, Reply } from '../call.ts';
import {
  type Algorithm,
  type ChecksumType,
  canBeFullObject,
  isAlgorithm,
  memberOf,
} from '../checksums.ts';
import { invalid, noSuchUpload } from '../errors.ts';
import { headersFrom, keyText, quoted } from '../object-headers.ts';
import type { Upload } from '../uploads.ts';
import { element, optional } from '../xml.ts';
import { xml } from './buckets.ts';
import { checkKey } from './put-object.ts';

/** A page of parts or uploads. */
const MAX_PAGE = 1000;

export async function createMultipartUpload(call: Call): Promise<Reply> {
  const { world, bucketName, key } = call;
  world.bucket(bucketName);
  checkKey(key);
  const asked = call.header('x-amz-checksum-algorithm')?.toUpperCase();
  if (asked !== undefined && !isAlgorithm(asked))
    throw invalid('InvalidRequest', 'Checksum algorithm provided is unsupported.');
  const algorithm: Algorithm = asked ?? 'CRC64NVME';
  const upload: Upload = {
    id: randomBytes(48).toString('base64url'),
    bucket: bucketName,
    key,
    initiated: new Date(),
    headers: headersFrom(call),
    algorithm,
    checksumType: checksumType(call.header('x-amz-checksum-type')?.toUpperCase(), algorithm),
    isAlgorithmGiven: asked !== undefined,
    parts: new Map(),
  };
  world.uploads.set(upload.id, upload);
  const reply = xml(
    'InitiateMultipartUploadResult',
    element('Bucket', bucketName),
    element('Key', key),
    element('UploadId', upload.id),
  );
  if (asked === undefined) return reply;
  return {
    ...reply,
    headers: {
      ...reply.headers,
      'x-amz-checksum-algorithm': algorithm,
      'x-amz-checksum-type': upload.checksumType,
    },
  };
}

function checksumType(asked: string | undefined, algorithm: Algorithm): ChecksumType {
  const type = asked ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const isPossible =
    type === 'FULL_OBJECT'
      ? canBeFullObject(algorithm)
      : type === 'COMPOSITE' && algorithm !== 'CRC64NVME';
  if (isPossible && (type === 'FULL_OBJECT' || type === 'COMPOSITE')) return type;
  throw invalid(
    'InvalidRequest',
    `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  );
}

/** The upload that a request names. @throws S3Error 404 */
export function findUpload(call: Call): Upload {
  const id = call.query.get('uploadId') ?? '';
  const upload = call.world.uploads.get(id);
  if (!upload || upload.bucket !== call.bucketName || upload.key !== call.key)
    throw noSuchUpload(id);
  return upload;
}

export async function abortMultipartUpload(call: Call): Promise<Reply> {
  call.world.bucket(call.bucketName);
  call.world.endUpload(findUpload(call));
  return { status: 204 };
}

export async function listParts(call: Call): Promise<Reply> {
  const upload = findUpload(call);
  const after = Number(call.query.get('part-number-marker') ?? 0);
  const limit = Math.min(MAX_PAGE, Number(call.query.get('max-parts') ?? MAX_PAGE));
  const parts = [...upload.parts.values()]
    .filter(({ number }) => number > after)
    .sort((a, b) => a.number - b.number);
  const page = parts.slice(0, limit);
  const isTruncated = page.length < parts.length;
  return xml(
    'ListPartsResult',
    element('Bucket', call.bucketName),
    element('Key', call.key),
    element('UploadId', upload.id),
    element('PartNumberMarker', after),
    isTruncated ? element('NextPartNumberMarker', page.at(-1)?.number) : undefined,
    element('MaxParts', limit),
    element('IsTruncated', isTruncated),
    upload.isAlgorithmGiven ? element('ChecksumAlgorithm', upload.algorithm) : undefined,
    upload.isAlgorithmGiven ? element('ChecksumType', upload.checksumType) : undefined,
    ...page.map((part) =>
      element(
        'Part',
        element('PartNumber', part.number),
        element('LastModified', part.modified.toISOString()),
        element('ETag', quoted(part.etag)),
        element('Size', part.body.size),
        upload.isAlgorithmGiven ? element(memberOf(upload.algorithm), part.checksum) : undefined,
      ),
    ),
  );
}

export async function listMultipartUploads(call: Call): Promise<Reply> {
  call.world.bucket(call.bucketName);
  const prefix = call.query.get('prefix') ?? '';
  const limit = Math.min(MAX_PAGE, Number(call.query.get('max-uploads') ?? MAX_PAGE));
  const marker = `${call.query.get('key-marker') ?? ''}\0${call.query.get('upload-id-marker') ?? ''}`;
  const place = ({ key, id }: Upload): string => `${key}\0${id}`;
  const uploads = [...call.world.uploads.values()]
    .filter((upload) => upload.bucket === call.bucketName && upload.key.startsWith(prefix))
    .filter((upload) => marker === '\0' || place(upload) > marker)
    .sort((a, b) => (place(a) < place(b) ? -1 : 1));
  const page = uploads.slice(0, limit);
  const last = page.at(-1);
  const isTruncated = page.length < uploads.length;
  return xml(
    'ListMultipartUploadsResult',
    element('Bucket', call.bucketName),
    element('Prefix', keyText(call, prefix)),
    optional('NextKeyMarker', isTruncated ? last?.key : undefined),
    optional('NextUploadIdMarker', isTruncated ? last?.id : undefined),
    element('MaxUploads', limit),
    element('IsTruncated', isTruncated),
    ...page.map((upload) =>
      element(
        'Upload',
        element('Key', keyText(call, upload.key)),
        element('UploadId', upload.id),
        element('Initiated', upload.initiated.toISOString()),
      ),
    ),
  );
}
