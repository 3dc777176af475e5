/** CompleteMultipartUpload. */
import { createHash } from 'node:crypto';
import type { Call, Reply } from '../call.ts';
import { combineChecksums, headerOf, memberOf } from '../checksums.ts';
import { writeConditions } from '../conditions.ts';
import { badDigest, invalid, S3Error } from '../errors.ts';
import { encryptionOf, quoted, versionHeader } from '../object-headers.ts';
import { receiveText } from '../receive.ts';
import type { Part, Upload } from '../uploads.ts';
import { all, element, parseXml, textOf, type XmlNode } from '../xml.ts';
import { xml } from './buckets.ts';
import { findUpload } from './multipart.ts';

export async function completeMultipartUpload(call: Call): Promise<Reply> {
  const { world, key } = call;
  const bucket = world.bucket(call.bucketName);
  findUpload(call);
  const node = parseXml(await receiveText(call, { isOfObject: true }));
  // Of two that complete the same upload, the second finds none.
  const upload = findUpload(call);
  const conditions = writeConditions(call.header, bucket, key);
  const parts = chosenParts(upload, node, world.limits.minPartBytes);
  checkSize(call, parts);
  const checksum = combineChecksums(
    upload.algorithm,
    upload.checksumType,
    parts.map((part) => ({ value: part.checksum, size: part.body.size })),
  );
  checkChecksum(call, upload, checksum.value);
  const digests = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, 'hex')));
  const version = world.put(
    bucket,
    {
      key,
      body: world.bodies.join(parts.map(({ body }) => body)),
      etag: `${createHash('md5').update(digests).digest('hex')}-${parts.length}`,
      headers: upload.headers,
      checksum,
      parts: parts.map(({ body }, index) => ({ number: index + 1, size: body.size })),
    },
    conditions,
    call.cause('CompleteMultipartUpload'),
  );
  world.endUpload(upload, new Set(parts.map(({ body }) => body)));
  const reply = xml(
    'CompleteMultipartUploadResult',
    element('Bucket', bucket.name),
    element('Key', key),
    element('ETag', quoted(version.etag)),
    element(memberOf(checksum.algorithm), checksum.value),
    element('ChecksumType', checksum.type),
  );
  return {
    ...reply,
    headers: { ...reply.headers, ...encryptionOf(version), ...versionHeader(version) },
  };
}

function chosenParts(upload: Upload, node: XmlNode | undefined, minBytes: number): readonly Part[] {
  const named = node ? all(node, 'Part') : [];
  if (named.length === 0)
    throw invalid(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  const numbers = named.map((part) => Number(textOf(part, 'PartNumber')));
  if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0)))
    throw invalid(
      'InvalidPartOrder',
      'The list of parts was not in ascending order. The parts list must be specified in order by part number.',
    );
  const parts = named.map((entry) => chosenPart(upload, entry));
  const small = parts.slice(0, -1).find(({ body }) => body.size < minBytes);
  if (!small) return parts;
  throw new S3Error(
    400,
    'EntityTooSmall',
    'Your proposed upload is smaller than the minimum allowed size',
    {
      members: {
        ETag: small.etag,
        MinSizeAllowed: String(minBytes),
        PartNumber: String(small.number),
        ProposedSize: String(small.body.size),
      },
    },
  );
}

function chosenPart(upload: Upload, entry: XmlNode): Part {
  const number = Number(textOf(entry, 'PartNumber'));
  const part = upload.parts.get(number);
  const etag = textOf(entry, 'ETag')?.replace(/^"(.*)"$/, '$1');
  const claim = textOf(entry, memberOf(upload.algorithm));
  if (claim === undefined && upload.isAlgorithmGiven && upload.checksumType === 'COMPOSITE')
    throw invalid(
      'InvalidRequest',
      `The upload was created using a ${upload.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
    );
  if (!part || part.etag !== etag || (claim !== undefined && claim !== part.checksum))
    throw invalid(
      'InvalidPart',
      "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    );
  return part;
}

function checkSize(call: Call, parts: readonly Part[]): void {
  const claimed = call.header('x-amz-mp-object-size');
  const size = parts.reduce((sum, { body }) => sum + body.size, 0);
  if (claimed !== undefined && Number(claimed) !== size)
    throw invalid(
      'InvalidRequest',
      `The provided 'x-amz-mp-object-size' header value ${claimed} does not match what was computed: ${size}`,
    );
}

function checkChecksum(call: Call, upload: Upload, value: string): void {
  const type = call.header('x-amz-checksum-type')?.toUpperCase();
  if (type !== undefined && type !== upload.checksumType)
    throw invalid(
      'InvalidRequest',
      `The upload was created using the ${upload.checksumType} checksum mode. The complete request must use the same checksum mode.`,
    );
  const claim = call.header(headerOf(upload.algorithm));
  if (claim !== undefined && claim !== value) throw badDigest(upload.algorithm);
}
