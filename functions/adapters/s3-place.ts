/** An object of S3 by its address. */
import type { S3Client } from '@aws-sdk/client-s3';

export interface S3Place {
  readonly client: S3Client;
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/** `Bucket`, `Key` and `VersionId` of a command. */
export const addressOf = ({ bucket, key, versionId }: S3Place) => ({
  Bucket: bucket,
  Key: key,
  ...(versionId !== undefined && { VersionId: versionId }),
});

/** For messages. */
export const nameOf = ({ bucket, key }: S3Place): string => `s3://${bucket}/${key}`;

/** As `CopySource` wants it: encoded, but for the slashes. */
export function copySourceOf({ bucket, key, versionId }: S3Place): string {
  const path = [bucket, ...key.split('/')].map(encodeURIComponent).join('/');
  return versionId === undefined ? path : `${path}?versionId=${versionId}`;
}
