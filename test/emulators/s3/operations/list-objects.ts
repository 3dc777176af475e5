/** ListObjects, ListObjectsV2 and ListObjectVersions. */
import type { ObjectVersion, Version } from '../buckets.ts';
import type { Call, Reply } from '../call.ts';
import { memberOf } from '../checksums.ts';
import { invalid } from '../errors.ts';
import { keyText, quoted } from '../object-headers.ts';
import { compareUtf8 } from '../sorted-keys.ts';
import { element, optional, type Xml } from '../xml.ts';
import { xml } from './buckets.ts';

/** What a page holds, and where the next one begins. */
interface Page<Item> {
  readonly items: readonly Item[];
  readonly prefixes: readonly string[];
  /** The last key or prefix of this page, when there is more. */
  readonly next: string | undefined;
}

export async function listObjectsV2(call: Call): Promise<Reply> {
  const { query } = call;
  const token = query.get('continuation-token');
  const after = token === undefined ? (query.get('start-after') ?? '') : decodeToken(token);
  const page = listCurrent(call, after);
  return xml(
    'ListBucketResult',
    ...listHeader(call, page),
    element('KeyCount', page.items.length + page.prefixes.length),
    optional('ContinuationToken', token),
    optional('StartAfter', query.get('start-after')),
    optional('NextContinuationToken', page.next && Buffer.from(page.next).toString('base64')),
    ...contents(call, page),
  );
}

export async function listObjects(call: Call): Promise<Reply> {
  const marker = call.query.get('marker') ?? '';
  const page = listCurrent(call, marker);
  return xml(
    'ListBucketResult',
    ...listHeader(call, page),
    element('Marker', keyText(call, marker)),
    optional('NextMarker', page.next && keyText(call, page.next)),
    ...contents(call, page),
  );
}

export async function listObjectVersions(call: Call): Promise<Reply> {
  const bucket = call.world.bucket(call.bucketName);
  const keyMarker = call.query.get('key-marker') ?? '';
  const idMarker = call.query.get('version-id-marker');
  const newestFirst = (key: string): readonly Version[] => {
    const versions = bucket.versionsOf(key).toReversed();
    if (key !== keyMarker || idMarker === undefined) return versions;
    const index = versions.findIndex(({ versionId }) => versionId === idMarker);
    return versions.slice(index + 1);
  };
  const limit = pageSize(call);
  // A key whose versions the last page began is listed on; without an id, it is done.
  const before = idMarker === undefined ? keyMarker : '';
  const items: Version[] = [];
  const prefixes: string[] = [];
  let isTruncated = false;
  for (const { key, prefix } of walk(call, before)) {
    if (idMarker !== undefined && compareUtf8(key, keyMarker) < 0) continue;
    if (prefix !== undefined && prefix === prefixes.at(-1)) continue;
    for (const version of prefix === undefined ? newestFirst(key) : [prefix]) {
      isTruncated = items.length + prefixes.length >= limit;
      if (isTruncated) break;
      if (typeof version === 'string') prefixes.push(version);
      else items.push(version);
    }
    if (isTruncated) break;
  }
  const last = items.at(-1);
  return xml(
    'ListVersionsResult',
    ...listHeader(call, { items, prefixes, next: isTruncated ? 'more' : undefined }),
    ...(isTruncated && last
      ? [
          element('NextKeyMarker', keyText(call, last.key)),
          element('NextVersionIdMarker', last.versionId),
        ]
      : []),
    ...items.map((version) => versionElement(call, version, bucket.find(version.key) === version)),
    ...commonPrefixes(call, prefixes),
  );
}

function listCurrent(call: Call, after: string): Page<ObjectVersion> {
  const bucket = call.world.bucket(call.bucketName);
  const limit = pageSize(call);
  const items: ObjectVersion[] = [];
  const prefixes: string[] = [];
  let last = '';
  if (limit === 0) return { items, prefixes, next: undefined };
  for (const { key, prefix } of walk(call, after)) {
    const object = bucket.current(key);
    if (!object) continue;
    if (prefix !== undefined && prefix === prefixes.at(-1)) continue;
    if (items.length + prefixes.length >= limit) return { items, prefixes, next: last };
    last = prefix ?? key;
    if (prefix === undefined) items.push(object);
    else prefixes.push(prefix);
  }
  return { items, prefixes, next: undefined };
}

/** Keys below the prefix in order, those of one common prefix with it. */
function* walk(call: Call, after: string): Generator<{ key: string; prefix: string | undefined }> {
  const bucket = call.world.bucket(call.bucketName);
  const prefix = call.query.get('prefix') ?? '';
  const delimiter = call.query.get('delimiter') ?? '';
  for (const key of bucket.keys.from(prefix, after)) {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const common = end < 0 ? undefined : key.slice(0, end + delimiter.length);
    if (common !== undefined && common === after) continue;
    yield { key, prefix: common };
  }
}

function listHeader(call: Call, page: Page<unknown>): readonly (Xml | undefined)[] {
  const { query } = call;
  const delimiter = query.get('delimiter');
  return [
    element('Name', call.bucketName),
    element('Prefix', keyText(call, query.get('prefix') ?? '')),
    delimiter === undefined ? undefined : element('Delimiter', keyText(call, delimiter)),
    element('MaxKeys', pageSize(call)),
    optional('EncodingType', query.get('encoding-type')),
    element('IsTruncated', page.next !== undefined),
  ];
}

function contents(call: Call, { items, prefixes }: Page<ObjectVersion>): readonly Xml[] {
  const objects = items.map((object) =>
    element('Contents', element('Key', keyText(call, object.key)), ...describe(object)),
  );
  return [...objects, ...commonPrefixes(call, prefixes)];
}

const commonPrefixes = (call: Call, prefixes: readonly string[]): readonly Xml[] =>
  prefixes.map((prefix) => element('CommonPrefixes', element('Prefix', keyText(call, prefix))));

function versionElement(call: Call, version: Version, isLatest: boolean): Xml {
  return element(
    version.kind === 'marker' ? 'DeleteMarker' : 'Version',
    element('Key', keyText(call, version.key)),
    element('VersionId', version.versionId),
    element('IsLatest', isLatest),
    ...(version.kind === 'object'
      ? describe(version)
      : [element('LastModified', version.modified.toISOString())]),
  );
}

const describe = ({ modified, etag, body, checksum, headers }: ObjectVersion) => [
  element('LastModified', modified.toISOString()),
  element('ETag', quoted(etag)),
  checksum && element('ChecksumAlgorithm', memberOf(checksum.algorithm).replace('Checksum', '')),
  checksum && element('ChecksumType', checksum.type),
  element('Size', body.size),
  element('StorageClass', headers['x-amz-storage-class'] ?? 'STANDARD'),
];

/** A page holds at most so many keys and common prefixes. */
function pageSize({ query, world }: Call): number {
  const text = query.get('max-keys');
  if (text === undefined) return world.limits.maxPage;
  if (!/^\d{1,10}$/.test(text))
    throw invalid('InvalidArgument', 'Provided max-keys not an integer or within integer range');
  return Math.min(world.limits.maxPage, Number(text));
}

function decodeToken(token: string): string {
  const text = Buffer.from(token, 'base64').toString();
  if (Buffer.from(text).toString('base64') === token && text !== '') return text;
  throw invalid('InvalidArgument', 'The continuation token provided is incorrect');
}
