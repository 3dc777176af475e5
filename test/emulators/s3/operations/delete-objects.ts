/** DeleteObject and DeleteObjects. */
import type { Call, Reply } from '../call.ts';
import { matches } from '../conditions.ts';
import { invalid, noSuchKey, preconditionFailed, S3Error } from '../errors.ts';
import { versionHeader } from '../object-headers.ts';
import { receiveText } from '../receive.ts';
import { all, element, optional, parseXml, textOf, type Xml } from '../xml.ts';
import { xml } from './buckets.ts';

/** One request names at most so many. */
const MAX_KEYS = 1000;

export async function deleteObject(call: Call): Promise<Reply> {
  const bucket = call.world.bucket(call.bucketName);
  const condition = call.header('if-match');
  if (condition !== undefined) {
    const current = bucket.current(call.key);
    if (!current) throw noSuchKey(call.key);
    if (!matches(condition, current.etag)) throw preconditionFailed('If-Match');
  }
  const versionId = call.query.get('versionId');
  const deleted = call.world.delete(bucket, call.key, versionId, call.cause('DeleteObject'));
  const headers = deleted && {
    ...(deleted.kind === 'marker' && { 'x-amz-delete-marker': 'true' }),
    ...(bucket.versioning && versionHeader(deleted)),
  };
  return {
    status: 204,
    headers: { ...(versionId && { 'x-amz-version-id': versionId }), ...headers },
  };
}

export async function deleteObjects(call: Call): Promise<Reply> {
  const bucket = call.world.bucket(call.bucketName);
  const isGuarded = call.headerNames.some(
    (name) =>
      name === 'content-md5' || name.startsWith('x-amz-checksum-') || name === 'x-amz-trailer',
  );
  const node = parseXml(await receiveText(call));
  if (!isGuarded)
    throw invalid('InvalidRequest', 'Missing required header for this request: Content-MD5');
  const objects = node ? all(node, 'Object') : [];
  if (!node || objects.length === 0 || objects.length > MAX_KEYS)
    throw invalid('MalformedXML', 'The XML you provided was not well-formed.');
  const isQuiet = textOf(node, 'Quiet') === 'true';
  const results = objects.map((object): Xml | undefined => {
    const key = textOf(object, 'Key') ?? '';
    const versionId = textOf(object, 'VersionId');
    try {
      call.demand(versionId ? 's3:DeleteObjectVersion' : 's3:DeleteObject', bucket.name, key);
      const deleted = call.world.delete(bucket, key, versionId, call.cause('DeleteObject'));
      if (isQuiet) return undefined;
      return element(
        'Deleted',
        element('Key', key),
        optional('VersionId', versionId),
        ...(deleted?.kind === 'marker'
          ? [element('DeleteMarker', true), element('DeleteMarkerVersionId', deleted.versionId)]
          : []),
      );
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      return element(
        'Error',
        element('Key', key),
        element('Code', error.code),
        element('Message', error.message),
      );
    }
  });
  return xml('DeleteResult', results);
}
