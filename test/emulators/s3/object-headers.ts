/** Headers that belong to an object: taken from its PUT, given back with it. */
import type { ObjectVersion } from './buckets.ts';
import type { Call } from './call.ts';
import { headerOf } from './checksums.ts';
import { invalid } from './errors.ts';
import { uriEncode } from './signature.ts';

const KEPT = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-storage-class',
];

/** S3 keeps 2 KB of metadata, names included. */
const MAX_METADATA_BYTES = 2048;

/** What a request says of its object. @throws S3Error when it is too much. */
export function headersFrom(call: Call): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {
    'content-type': 'binary/octet-stream',
    'x-amz-server-side-encryption': 'AES256',
  };
  let bytes = 0;
  for (const name of call.headerNames) {
    const value = call.header(name);
    if (value === undefined) continue;
    if (name.startsWith('x-amz-meta-')) {
      bytes += Buffer.byteLength(name.slice('x-amz-meta-'.length)) + Buffer.byteLength(value);
      kept[name] = value;
    } else if (KEPT.includes(name)) kept[name] = value;
  }
  if (bytes > MAX_METADATA_BYTES)
    throw invalid('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed size.');
  // Of the transfer, not of the object.
  const encoding = kept['content-encoding']
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== 'aws-chunked' && part !== '');
  delete kept['content-encoding'];
  return encoding?.length ? { ...kept, 'content-encoding': encoding.join(',') } : kept;
}

/** What a write answers of the object it made. */
export function writtenHeaders(version: ObjectVersion): Readonly<Record<string, string>> {
  return {
    etag: quoted(version.etag),
    ...encryptionOf(version),
    ...versionHeader(version),
    ...checksumHeaders(version),
  };
}

export const quoted = (etag: string): string => `"${etag}"`;

/** Nothing where versions are not kept. */
export const versionHeader = ({ versionId }: { readonly versionId: string }) =>
  versionId === 'null' ? {} : { 'x-amz-version-id': versionId };

export function checksumHeaders({ checksum }: ObjectVersion): Readonly<Record<string, string>> {
  if (!checksum) return {};
  return { [headerOf(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

/** Keys in documents: bare, or as addresses where the client asked for it. */
export const keyText = (call: Call, key: string): string =>
  call.query.get('encoding-type') === 'url' ? uriEncode(key).replaceAll('%2F', '/') : key;

export function encryptionOf({ headers }: ObjectVersion): Readonly<Record<string, string>> {
  const name = 'x-amz-server-side-encryption';
  return { [name]: headers[name] ?? 'AES256' };
}
