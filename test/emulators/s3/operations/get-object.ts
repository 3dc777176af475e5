/** GetObject and HeadObject. */
import type { ObjectVersion } from '../buckets.ts';
import type { Call, Reply } from '../call.ts';
import { checkRead } from '../conditions.ts';
import { accessDenied, invalid, noSuchKey, S3Error } from '../errors.ts';
import { checksumHeaders, quoted, versionHeader } from '../object-headers.ts';

/** Also for HEAD, whose body the server leaves out. */
export async function getObject(call: Call): Promise<Reply> {
  const object = findObject(call, call.bucketName, call.key, call.query.get('versionId'));
  const headers = {
    'accept-ranges': 'bytes',
    ...object.headers,
    ...overrides(call),
    etag: quoted(object.etag),
    'last-modified': object.modified.toUTCString(),
    ...versionHeader(object),
  };
  if (checkRead(call.header, object) === 'not-modified') return { status: 304, headers };
  const { range, parts } = partOf(call, object) ?? {
    range: rangeOf(call, object),
    parts: undefined,
  };
  const { start, end } = range ?? { start: 0, end: object.body.size };
  const isWhole = range === undefined;
  const wantsChecksum = isWhole && call.header('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
  return {
    status: isWhole ? 200 : 206,
    headers: {
      ...headers,
      'content-length': end - start,
      'content-range': isWhole ? undefined : `bytes ${start}-${end - 1}/${object.body.size}`,
      'x-amz-mp-parts-count': parts,
      ...(wantsChecksum && checksumHeaders(object)),
    },
    body: { of: object.body, start, length: end - start },
  };
}

/** The version that a request names, if there is one and the sender may know it. @throws S3Error */
export function findObject(
  call: Call,
  bucketName: string,
  key: string,
  versionId: string | undefined,
): ObjectVersion {
  const bucket = call.world.bucket(bucketName);
  const version = bucket.find(key, versionId);
  if (version?.kind === 'object') return version;
  // Who may not list must not learn what is missing either.
  if (!call.allows('s3:ListBucket', bucketName, '')) throw accessDenied();
  if (version && versionId !== undefined) {
    const text = 'The specified method is not allowed against this resource.';
    throw new S3Error(405, 'MethodNotAllowed', text, {
      headers: { 'x-amz-delete-marker': 'true', ...versionHeader(version), allow: 'DELETE' },
    });
  }
  if (versionId !== undefined)
    throw new S3Error(404, 'NoSuchVersion', 'The specified version does not exist.', {
      members: { Key: key, VersionId: versionId },
    });
  throw noSuchKey(key, version && { 'x-amz-delete-marker': 'true', ...versionHeader(version) });
}

interface Range {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** `undefined`: the whole object; so S3 takes also what it cannot read. @throws S3Error 416 */
function rangeOf(call: Call, { body: { size } }: ObjectVersion): Range | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(call.header('range')?.trim() ?? '');
  const [, from = '', to = ''] = match ?? [];
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1);
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  if (start < end) return { start, end };
  throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable', {
    members: { ActualObjectSize: String(size) },
    headers: { 'content-range': `bytes */${size}` },
  });
}

/** `partNumber=`: the range of one part. */
function partOf(
  call: Call,
  object: ObjectVersion,
): { range: Range; parts: number | undefined } | undefined {
  const text = call.query.get('partNumber');
  if (text === undefined) return undefined;
  if (call.header('range') !== undefined)
    throw invalid(
      'InvalidRequest',
      'Cannot specify both Range header and partNumber query parameter',
    );
  const parts = object.parts ?? [{ number: 1, size: object.body.size }];
  const index = Number(text) - 1;
  const part = parts[index];
  if (!part)
    throw new S3Error(416, 'InvalidPartNumber', 'The requested partnumber is not satisfiable');
  const start = parts.slice(0, index).reduce((sum, { size }) => sum + size, 0);
  return { range: { start, end: start + part.size }, parts: object.parts?.length };
}

/** `response-content-type=` and the like, of presigned addresses. */
function overrides({ query }: Call): Readonly<Record<string, string>> {
  const named = [...query].filter(([name]) => name.startsWith('response-'));
  return Object.fromEntries(named.map(([name, value]) => [name.slice('response-'.length), value]));
}
