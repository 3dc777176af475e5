/** The part of S3 that distributed maps use. */
export interface ObjectAccess {
  get(bucket: string, key: string): Promise<Uint8Array>;
  put(bucket: string, key: string, body: string): Promise<void>;
  /** All objects below the prefix, in the order of their keys. */
  list(bucket: string, prefix: string): Promise<readonly ListedObject[]>;
}

/** An item of a map over `listObjectsV2`, spelt as the service does. */
export interface ListedObject {
  readonly Etag: string;
  readonly Key: string;
  /** Seconds since 1970. */
  readonly LastModified: number;
  readonly Size: number;
  readonly StorageClass: string;
}
