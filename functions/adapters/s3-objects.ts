/** The object port over a bucket. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { InputError, ToolError } from '../../shared/base/errors.ts';
import { explainReadError } from '../../shared/base/files.ts';
import type {
  ListOptions,
  ObjectInfo,
  ObjectStore,
  PutConditions,
} from '../../shared/pipeline/distributed/object-store.ts';
import { persistently } from './retry.ts';
import { downloadObject, readObject } from './s3-download.ts';
import { explainS3Error, isBeyondEnd, isConflict, isLost, isMissing } from './s3-errors.ts';
import { conditionsOf } from './s3-multipart.ts';
import { addressOf, copySourceOf, nameOf, type S3Place } from './s3-place.ts';
import { copyInParts, uploadInParts } from './s3-upload.ts';

/** Larger files go in parts, which can be sent again one by one. */
const ONE_PUT_BYTES = 64 * 1024 * 1024;

/** S3 copies 5 GiB at a stroke at most, and parts side by side are sooner there. */
const ONE_COPY_BYTES = 2 ** 30;

/** S3 deletes at most so many at once. */
const DELETED_AT_ONCE = 1000;

/** How often a write is tried again after another one came between. */
const CONFLICTS = 10;

type Written = { readonly etag: string } | undefined;
type Conditions = PutConditions & { readonly contentType?: string };

/** A checksum (base64) that S3 compares with the bytes. */
type Checked = { readonly sha256?: string };

/** See above. */
export class S3Objects implements ObjectStore {
  readonly name: string;
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.name = `s3://${bucket}`;
    this.#client = client;
    this.#bucket = bucket;
  }

  async head(
    key: string,
    options: { readonly versionId?: string } = {},
  ): Promise<ObjectInfo | undefined> {
    return this.#unlessMissing(async () => {
      const head = await this.#client.send(
        new HeadObjectCommand(addressOf(this.#place(key, options))),
      );
      return infoOf(key, { ...head, Size: head.ContentLength });
    });
  }

  async get(
    key: string,
    options: { readonly range?: readonly [number, number]; readonly versionId?: string } = {},
  ): Promise<{ readonly bytes: Uint8Array; readonly info: ObjectInfo } | undefined> {
    const nothing = async () => {
      const info = await this.head(key, options);
      return info && { bytes: new Uint8Array(), info };
    };
    if (options.range?.[1] === 0) return nothing();
    try {
      return await this.#unlessMissing(async () => {
        const { bytes, answer } = await readObject(this.#place(key, options), options);
        const whole = /\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1];
        const Size = whole === undefined ? bytes.length : Number(whole);
        return { bytes, info: infoOf(key, { ...answer, Size }) };
      });
    } catch (error) {
      if (isBeyondEnd(error)) return nothing();
      throw error;
    }
  }

  download(
    key: string,
    path: string,
    options: { readonly versionId?: string } = {},
  ): Promise<void> {
    return downloadObject(this.#place(key, options), path);
  }

  put(
    key: string,
    data: Uint8Array | string,
    { sha256, ...conditions }: Conditions & Checked = {},
  ): Promise<Written> {
    const checksum = sha256 === undefined ? {} : { ChecksumSHA256: sha256 };
    return this.#write(key, conditions, (common) =>
      this.#client.send(new PutObjectCommand({ ...common, ...checksum, Body: data })),
    );
  }

  async upload(key: string, path: string, conditions: Conditions = {}): Promise<Written> {
    const { size } = await stat(path).catch((error: unknown) => {
      throw explainReadError(error, path);
    });
    if (size > ONE_PUT_BYTES) {
      const options = { size, conditions, ...contentTypeOf(conditions) };
      return uploadInParts(this.#place(key), path, options);
    }
    return this.#write(key, conditions, (common) =>
      persistently(() => {
        const Body = size === 0 ? '' : createReadStream(path);
        return this.#client.send(new PutObjectCommand({ ...common, Body, ContentLength: size }));
      }),
    );
  }

  async *list(
    prefix: string,
    { delimiter, startAfter }: ListOptions = {},
  ): AsyncIterable<ObjectInfo> {
    let token: string | undefined;
    do {
      const page = await this.#explained(
        this.#client.send(
          new ListObjectsV2Command({
            Bucket: this.#bucket,
            Prefix: prefix,
            ...(delimiter !== undefined && { Delimiter: delimiter }),
            ...(startAfter !== undefined && { StartAfter: startAfter }),
            ...(token !== undefined && { ContinuationToken: token }),
          }),
        ),
      );
      for (const found of page.Contents ?? []) yield infoOf(found.Key ?? '', found);
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  async copy(from: string, to: string, conditions: Conditions = {}): Promise<Written> {
    const source = this.#place(from);
    const head = await this.#unlessMissing(() =>
      this.#client.send(new HeadObjectCommand(addressOf(source))),
    );
    if (!head) throw new InputError(`there is no ${nameOf(source)}`);
    const { ContentLength: size = 0, ContentType } = head;
    const contentType = conditions.contentType ?? ContentType;
    const more: Conditions = contentType ? { ...conditions, contentType } : conditions;
    if (size > ONE_COPY_BYTES)
      return copyInParts(source, this.#place(to), { size, conditions, ...contentTypeOf(more) });
    return this.#write(to, more, async (common) => {
      const { CopyObjectResult } = await this.#client.send(
        new CopyObjectCommand({
          ...common,
          CopySource: copySourceOf(source),
          MetadataDirective: 'REPLACE',
        }),
      );
      return { ETag: CopyObjectResult?.ETag };
    });
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (let start = 0; start < keys.length; start += DELETED_AT_ONCE) {
      const Objects = keys.slice(start, start + DELETED_AT_ONCE).map((Key) => ({ Key }));
      const { Errors: [refused] = [] } = await this.#explained(
        this.#client.send(
          new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects, Quiet: true } }),
        ),
      );
      if (refused)
        throw new ToolError(
          `${this.name}/${refused.Key} could not be deleted: ${refused.Code} (${refused.Message})`,
        );
    }
  }

  #place(key: string, { versionId }: { readonly versionId?: string } = {}): S3Place {
    const place = { client: this.#client, bucket: this.#bucket, key };
    return versionId === undefined ? place : { ...place, versionId };
  }

  /**
   * A write on condition is marked as this call's own: when the answer to its first try was lost, the second
   * one is refused for what the first one wrote.
   */
  async #write(
    key: string,
    conditions: Conditions,
    send: (common: Common) => Promise<{ readonly ETag?: string | undefined }>,
  ): Promise<Written> {
    const mark = randomUUID();
    const isConditional = conditions.ifMatch !== undefined || conditions.ifNoneMatch !== undefined;
    const common: Common = {
      Bucket: this.#bucket,
      Key: key,
      ...conditionsOf(conditions),
      ...(conditions.contentType !== undefined && { ContentType: conditions.contentType }),
      ...(isConditional && { Metadata: { [MARK]: mark } }),
    };
    try {
      const { ETag = '' } = await persistently(() => send(common), {
        attempts: CONFLICTS,
        isPassing: isConflict,
      });
      return { etag: ETag };
    } catch (error) {
      const isRefused = isLost(error) || (conditions.ifMatch !== undefined && isMissing(error));
      if (!isRefused) throw explainS3Error(error, this.name);
      return this.#ours(key, mark);
    }
  }

  async #ours(key: string, mark: string): Promise<Written> {
    return this.#unlessMissing(async () => {
      const head = await this.#client.send(new HeadObjectCommand(addressOf(this.#place(key))));
      return head.Metadata?.[MARK] === mark ? { etag: head.ETag ?? '' } : undefined;
    });
  }

  async #unlessMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw explainS3Error(error, this.name);
    }
  }

  async #explained<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } catch (error) {
      throw explainS3Error(error, this.name);
    }
  }
}

const contentTypeOf = ({ contentType }: Conditions) =>
  contentType === undefined ? {} : { contentType };

/** The name of the metadata that tells whose write it was. */
const MARK = 'fettle-write';

interface Common {
  readonly Bucket: string;
  readonly Key: string;
  readonly ContentType?: string;
  readonly Metadata?: Record<string, string>;
}

function infoOf(
  key: string,
  {
    Size = 0,
    ETag = '',
    LastModified,
    VersionId,
  }: {
    readonly Size?: number | undefined;
    readonly ETag?: string | undefined;
    readonly LastModified?: Date | undefined;
    readonly VersionId?: string | undefined;
  },
): ObjectInfo {
  const info = { key, bytes: Size, etag: ETag, lastModified: LastModified ?? new Date(0) };
  return VersionId === undefined ? info : { ...info, versionId: VersionId };
}
