/** UploadPart and UploadPartCopy. A part that comes again takes the place of the one before. */
import type { Body } from '../bodies.ts';
import type { Call, Reply } from '../call.ts';
import { headerOf, memberOf } from '../checksums.ts';
import { invalid } from '../errors.ts';
import { quoted } from '../object-headers.ts';
import { receive } from '../receive.ts';
import type { Part, Upload } from '../uploads.ts';
import { element } from '../xml.ts';
import { xml } from './buckets.ts';
import { copySource, digestBody, sourceVersion } from './copy-object.ts';
import { findUpload } from './multipart.ts';

/** Parts are numbered from 1 to this. */
const MAX_PART_NUMBER = 10_000;
/** One part takes at most 5 GiB. */
const MAX_PART_BYTES = 5 * 2 ** 30;

export async function uploadPart(call: Call): Promise<Reply> {
  const upload = findUpload(call);
  const number = partNumber(call);
  const { body, etag, checksums } = await receive(call, (claimed) => {
    const isWanted = upload.isAlgorithmGiven && claimed !== upload.algorithm;
    if (isWanted && (claimed !== undefined || upload.checksumType === 'COMPOSITE'))
      throw invalid(
        'InvalidRequest',
        `Checksum Type mismatch occurred, expected checksum Type: ${upload.algorithm.toLowerCase()}, actual checksum Type: ${claimed?.toLowerCase() ?? 'null'}`,
      );
    return upload.algorithm;
  });
  const checksum = checksums.get(upload.algorithm) ?? '';
  place(call, upload, { number, body, etag, checksum, modified: new Date() });
  const told = [...checksums].filter(
    ([algorithm]) => upload.isAlgorithmGiven || algorithm !== upload.algorithm,
  );
  return {
    status: 200,
    headers: {
      etag: quoted(etag),
      'x-amz-server-side-encryption': 'AES256',
      ...Object.fromEntries(told.map(([algorithm, value]) => [headerOf(algorithm), value])),
    },
  };
}

export async function uploadPartCopy(call: Call): Promise<Reply> {
  const upload = findUpload(call);
  const number = partNumber(call);
  const source = copySource(call);
  const { start, length } = copyRange(call, source.body);
  const body = call.world.bodies.share(source.body, start, length);
  const { etag, value } = await digestBody(call, body, upload.algorithm);
  const modified = new Date();
  place(call, upload, { number, body, etag, checksum: value, modified });
  const reply = xml(
    'CopyPartResult',
    element('LastModified', modified.toISOString()),
    element('ETag', quoted(etag)),
    upload.isAlgorithmGiven ? element(memberOf(upload.algorithm), value) : undefined,
  );
  return { ...reply, headers: { ...reply.headers, ...sourceVersion(source) } };
}

/** The upload may have ended while the part came in. */
function place(call: Call, upload: Upload, part: Part): void {
  const { bodies, uploads } = call.world;
  if (!uploads.has(upload.id)) {
    bodies.release(part.body);
    findUpload(call);
  }
  const before = upload.parts.get(part.number);
  upload.parts.set(part.number, part);
  if (before) bodies.release(before.body);
}

function partNumber({ query }: Call): number {
  const number = Number(query.get('partNumber'));
  if (Number.isInteger(number) && number >= 1 && number <= MAX_PART_NUMBER) return number;
  throw invalid('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
}

/** `bytes=first-last`, both given: S3 takes no open ranges here. */
function copyRange(call: Call, { size }: Body): { start: number; length: number } {
  const text = call.header('x-amz-copy-source-range');
  if (text !== undefined && size <= call.world.limits.minPartBytes)
    throw invalid(
      'InvalidRequest',
      'The specified copy source is not supported as a byte-range copy source',
    );
  const [, first = '', last = ''] = /^bytes=(\d+)-(\d+)$/.exec(text ?? `bytes=0-${size - 1}`) ?? [];
  const start = Number(first);
  const length = Number(last) + 1 - start;
  if (first === '' || length <= 0 || start + length > size)
    throw invalid(
      'InvalidArgument',
      `Range specified is not valid for source object of size: ${size}`,
    );
  if (length > MAX_PART_BYTES)
    throw invalid(
      'InvalidRequest',
      `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_PART_BYTES}`,
    );
  return { start, length };
}
