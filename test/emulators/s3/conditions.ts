/** Conditional reads and writes. */
import type { Bucket, ObjectVersion, Version } from './buckets.ts';
import { conflict, invalid, noSuchKey, preconditionFailed, S3Error } from './errors.ts';

/** Conditions of a write, and what was there when its request began. */
export interface WriteConditions {
  readonly ifNoneMatch: string | undefined;
  readonly ifMatch: string | undefined;
  readonly before: Version | undefined;
}

type Header = (name: string) => string | undefined;

/** Reads the conditions of a write and refuses at once what cannot succeed, before its body is read. */
export function writeConditions(header: Header, bucket: Bucket, key: string): WriteConditions {
  const conditions = {
    ifNoneMatch: header('if-none-match'),
    ifMatch: header('if-match'),
    before: bucket.find(key),
  };
  if (conditions.ifNoneMatch !== undefined && conditions.ifNoneMatch !== '*') {
    const text = 'A header you provided implies functionality that is not implemented';
    throw new S3Error(501, 'NotImplemented', text, { members: { Header: 'If-None-Match' } });
  }
  if (conditions.ifNoneMatch !== undefined && conditions.ifMatch !== undefined)
    throw invalid('InvalidRequest', 'If-Match and If-None-Match cannot be used together.');
  checkWrite(conditions, bucket, key);
  return conditions;
}

/** @throws S3Error 412 when the condition does not hold; 409 when it does, but the key changed meanwhile. */
export function checkWrite(
  { ifNoneMatch, ifMatch, before }: WriteConditions,
  bucket: Bucket,
  key: string,
): void {
  const current = bucket.current(key);
  if (ifNoneMatch !== undefined && current) throw preconditionFailed('If-None-Match');
  if (ifMatch !== undefined) {
    if (!current) throw noSuchKey(key);
    if (!matches(ifMatch, current.etag)) throw preconditionFailed('If-Match');
  }
  const isConditional = ifNoneMatch !== undefined || ifMatch !== undefined;
  if (isConditional && bucket.find(key) !== before)
    throw conflict(ifMatch === undefined ? 'If-None-Match' : 'If-Match');
}

/** Conditions of a read. `'not-modified'`: 304. @throws S3Error 412 */
export function checkRead(header: Header, object: ObjectVersion): 'read' | 'not-modified' {
  const ifMatch = header('if-match');
  const since = header('if-unmodified-since');
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, object.etag)) throw preconditionFailed('If-Match');
  } else if (since !== undefined && seconds(object.modified) > Date.parse(since) / 1000) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  const ifNoneMatch = header('if-none-match');
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, object.etag) ? 'not-modified' : 'read';
  const modified = header('if-modified-since');
  const isOld = modified !== undefined && seconds(object.modified) <= Date.parse(modified) / 1000;
  return isOld ? 'not-modified' : 'read';
}

/** Conditions on the source of a copy, where "not modified" is a failure too. @throws S3Error 412 */
export function checkCopySource(header: Header, object: ObjectVersion): void {
  const outcome = checkRead((name) => header(`x-amz-copy-source-${name}`), object);
  if (outcome === 'not-modified') throw preconditionFailed('x-amz-copy-source-If-None-Match');
}

/** Whether an `If-Match` header names the tag. */
export const matches = (condition: string, etag: string): boolean =>
  condition
    .split(',')
    .map((part) => part.trim().replace(/^"(.*)"$/, '$1'))
    .some((part) => part === '*' || part === etag);

/** HTTP dates have no fractions. */
const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);
