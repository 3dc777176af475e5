/** Which operation a request is, and which right of IAM it needs. */
import type { Call, Reply } from './call.ts';
import { S3Error } from './errors.ts';
import {
  createBucket,
  deleteBucket,
  getLocation,
  getVersioning,
  headBucket,
  listBuckets,
  putVersioning,
} from './operations/buckets.ts';
import { completeMultipartUpload } from './operations/complete-upload.ts';
import { copyObject } from './operations/copy-object.ts';
import { deleteObject, deleteObjects } from './operations/delete-objects.ts';
import { getObject } from './operations/get-object.ts';
import { listObjects, listObjectsV2, listObjectVersions } from './operations/list-objects.ts';
import {
  abortMultipartUpload,
  createMultipartUpload,
  listMultipartUploads,
  listParts,
} from './operations/multipart.ts';
import { putObject } from './operations/put-object.ts';
import { uploadPart, uploadPartCopy } from './operations/upload-part.ts';

export interface Route {
  readonly operation: string;
  readonly method: string;
  readonly level: 'service' | 'bucket' | 'object';
  /** Names in the query, or headers, that make it this operation. */
  readonly query?: string;
  readonly header?: string;
  /** The right; with a version named, `…Version` of it where IAM knows one. */
  readonly action: string;
  readonly run: (call: Call) => Promise<Reply>;
}

/** The first that fits is taken. */
const ROUTES: readonly Route[] = [
  route('ListBuckets', 'GET service', 's3:ListAllMyBuckets', listBuckets),
  route('GetBucketLocation', 'GET bucket ?location', 's3:GetBucketLocation', getLocation),
  route('GetBucketVersioning', 'GET bucket ?versioning', 's3:GetBucketVersioning', getVersioning),
  route('PutBucketVersioning', 'PUT bucket ?versioning', 's3:PutBucketVersioning', putVersioning),
  route('ListObjectVersions', 'GET bucket ?versions', 's3:ListBucketVersions', listObjectVersions),
  route(
    'ListMultipartUploads',
    'GET bucket ?uploads',
    's3:ListBucketMultipartUploads',
    listMultipartUploads,
  ),
  // Each key of it needs its own right.
  route('DeleteObjects', 'POST bucket ?delete', '', deleteObjects),
  route('ListObjectsV2', 'GET bucket ?list-type', 's3:ListBucket', listObjectsV2),
  route('ListObjects', 'GET bucket', 's3:ListBucket', listObjects),
  route('CreateBucket', 'PUT bucket', 's3:CreateBucket', createBucket),
  route('HeadBucket', 'HEAD bucket', 's3:ListBucket', headBucket),
  route('DeleteBucket', 'DELETE bucket', 's3:DeleteBucket', deleteBucket),
  route('UploadPartCopy', 'PUT object ?uploadId x-amz-copy-source', 's3:PutObject', uploadPartCopy),
  route('UploadPart', 'PUT object ?uploadId', 's3:PutObject', uploadPart),
  route('CopyObject', 'PUT object x-amz-copy-source', 's3:PutObject', copyObject),
  route('PutObject', 'PUT object', 's3:PutObject', putObject),
  route('ListParts', 'GET object ?uploadId', 's3:ListMultipartUploadParts', listParts),
  route('GetObject', 'GET object', 's3:GetObject', getObject),
  route('HeadObject', 'HEAD object', 's3:GetObject', getObject),
  route(
    'AbortMultipartUpload',
    'DELETE object ?uploadId',
    's3:AbortMultipartUpload',
    abortMultipartUpload,
  ),
  route('DeleteObject', 'DELETE object', 's3:DeleteObject', deleteObject),
  route('CreateMultipartUpload', 'POST object ?uploads', 's3:PutObject', createMultipartUpload),
  route(
    'CompleteMultipartUpload',
    'POST object ?uploadId',
    's3:PutObject',
    completeMultipartUpload,
  ),
];

/** Of S3, but not of this server. */
const OTHER_RESOURCES = new Set(
  'accelerate acl analytics attributes cors encryption intelligent-tiering inventory legal-hold lifecycle logging metrics notification object-lock ownershipControls policy policyStatus publicAccessBlock replication requestPayment restore retention select tagging torrent website'.split(
    ' ',
  ),
);

function route(
  operation: string,
  pattern: string,
  action: string,
  run: (call: Call) => Promise<Reply>,
): Route {
  const [method = '', level, ...marks] = pattern.split(' ');
  if (level !== 'service' && level !== 'bucket' && level !== 'object')
    throw new TypeError(`a route of ${level}`);
  const query = marks.find((mark) => mark.startsWith('?'))?.slice(1);
  const header = marks.find((mark) => !mark.startsWith('?'));
  return {
    operation,
    method,
    level,
    action,
    run,
    ...(query !== undefined && { query }),
    ...(header !== undefined && { header }),
  };
}

/** @throws S3Error 405 or 501 when there is no such operation here. */
export function findRoute(call: Call): Route {
  const { method, bucketName, key, query } = call;
  for (const name of query.keys())
    if (OTHER_RESOURCES.has(name))
      throw new S3Error(501, 'NotImplemented', `This server does not know ?${name}`);
  const level = bucketName === '' ? 'service' : key === '' ? 'bucket' : 'object';
  const found = ROUTES.find(
    (candidate) =>
      candidate.method === method &&
      candidate.level === level &&
      (candidate.query === undefined || query.has(candidate.query)) &&
      (candidate.header === undefined || call.header(candidate.header) !== undefined),
  );
  if (found) return found;
  const text = 'The specified method is not allowed against this resource.';
  throw new S3Error(405, 'MethodNotAllowed', text);
}

/** The right that a call of the route needs. */
export function actionOf({ action }: Route, { query }: Call): string {
  const isVersioned = action === 's3:GetObject' || action === 's3:DeleteObject';
  return isVersioned && query.has('versionId') ? `${action}Version` : action;
}
