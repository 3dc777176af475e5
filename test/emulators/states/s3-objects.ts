import {
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ListedObject, ObjectAccess } from './object-access.ts';

/** Readers and writers of distributed maps over any S3 endpoint. */
export function s3Objects(client: S3Client): ObjectAccess {
  return {
    get: async (Bucket, Key) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      if (!Body) throw new Error(`s3://${Bucket}/${Key} has no body`);
      return Body.transformToByteArray();
    },
    put: async (Bucket, Key, Body) => {
      await client.send(new PutObjectCommand({ Bucket, Key, Body }));
    },
    list: async (Bucket, Prefix) => {
      const listed: ListedObject[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
        for (const { Key = '', Size = 0, ETag = '', LastModified, StorageClass } of Contents) {
          const seconds = Math.floor((LastModified?.getTime() ?? 0) / 1000);
          listed.push({
            Etag: ETag,
            Key,
            LastModified: seconds,
            Size,
            StorageClass: StorageClass ?? 'STANDARD',
          });
        }
      }
      return listed;
    },
  };
}
