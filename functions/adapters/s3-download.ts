/** Objects into files: in ranges, several at once, each going on where its connection broke. */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { InputError, ToolError } from '../../shared/base/errors.ts';
import { explainWriteError } from '../../shared/base/files.ts';
import { TREE_CHUNK_BYTES } from '../../shared/base/limits.ts';
import { inParallel, persistently, type RetryOptions } from './retry.ts';
import { explainS3Error, isBeyondEnd, isLost, isMissing } from './s3-errors.ts';
import { addressOf, nameOf, type S3Place } from './s3-place.ts';

/** Connections at once: one gives about 70 MB/s, a large Lambda takes a few of them. */
const RANGES_AT_ONCE = 4;

/** `rangeBytes` and `retry` are for tests. */
export interface DownloadOptions {
  readonly rangeBytes?: number;
  readonly retry?: RetryOptions;
}

/**
 * Writes an object into a new file. Nothing stays of it when that fails.
 * @throws InputError when there is no such object, and when `path` cannot be written
 */
export async function downloadObject(
  place: S3Place,
  path: string,
  options: DownloadOptions = {},
): Promise<void> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'wx');
    await new Download(place, file, options).run();
    await file.close();
  } catch (error) {
    await file?.close().catch(() => {});
    if (file) await rm(path, { force: true });
    if (isMissing(error)) throw new InputError(`there is no ${nameOf(place)}`, { cause: error });
    if (isLost(error))
      throw new ToolError(`${nameOf(place)} was replaced while it was read`, { cause: error });
    throw explainWriteError(explainS3Error(error, nameOf(place)), path);
  }
}

class Download {
  readonly #place: S3Place;
  readonly #file: FileHandle;
  readonly #rangeBytes: number;
  readonly #retry: RetryOptions;
  /** All ranges must be of the same object. */
  #etag: string | undefined;
  #size = 0;

  constructor(
    place: S3Place,
    file: FileHandle,
    { rangeBytes = TREE_CHUNK_BYTES, retry = {} }: DownloadOptions,
  ) {
    this.#place = place;
    this.#file = file;
    this.#rangeBytes = rangeBytes;
    this.#retry = { ...retry, isPassing: isBrokenOff };
  }

  async run(): Promise<void> {
    try {
      await this.#fetch(0);
    } catch (error) {
      if (isBeyondEnd(error)) return;
      throw error;
    }
    const starts: number[] = [];
    for (let start = this.#rangeBytes; start < this.#size; start += this.#rangeBytes)
      starts.push(start);
    await inParallel(starts, RANGES_AT_ONCE, (start) => this.#fetch(start));
  }

  /** One range; the first one tells the size of all. */
  async #fetch(start: number): Promise<void> {
    let at = start;
    await persistently(async () => {
      const end = start + this.#rangeBytes;
      if (this.#etag !== undefined && at >= Math.min(end, this.#size)) return;
      const answer = await this.#place.client.send(
        new GetObjectCommand({
          ...addressOf(this.#place),
          Range: `bytes=${at}-${end - 1}`,
          ...(this.#etag !== undefined && { IfMatch: this.#etag }),
        }),
      );
      this.#etag ??= answer.ETag;
      this.#size = sizeOf(answer);
      for await (const chunk of bytesOf(answer)) {
        await this.#file.write(chunk, 0, chunk.length, at);
        at += chunk.length;
      }
    }, this.#retry);
  }
}

/** A body that did not end well: it is asked for again. What fails before it, the SDK has tried again already. */
class BrokenOff extends Error {}

const isBrokenOff = (error: unknown): boolean => error instanceof BrokenOff;

/** The size of the whole object, also where a part of it came. */
function sizeOf({ ContentRange, ContentLength = 0 }: GetObjectCommandOutput): number {
  const whole = /\/(\d+)$/.exec(ContentRange ?? '')?.[1];
  return whole === undefined ? ContentLength : Number(whole);
}

/** The body's bytes as they come. @throws BrokenOff when they end too early */
async function* bytesOf(answer: GetObjectCommandOutput): AsyncGenerator<Uint8Array> {
  const { Body, ContentLength } = answer;
  if (!Body || !(Symbol.asyncIterator in Body)) return;
  let count = 0;
  try {
    for await (const chunk of Body) {
      if (!(chunk instanceof Uint8Array)) continue;
      count += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw new BrokenOff('the connection broke', { cause: error });
  }
  if (count !== ContentLength) throw new BrokenOff('the answer is shorter than announced');
}

/** A small object's bytes, all at once, asked for again when the connection breaks. */
export function readObject(
  place: S3Place,
  { range }: { readonly range?: readonly [offset: number, length: number] } = {},
): Promise<{ readonly bytes: Uint8Array; readonly answer: GetObjectCommandOutput }> {
  const read = async () => {
    const answer = await place.client.send(
      new GetObjectCommand({
        ...addressOf(place),
        ...(range && { Range: `bytes=${range[0]}-${range[0] + range[1] - 1}` }),
      }),
    );
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytesOf(answer)) chunks.push(chunk);
    return { bytes: new Uint8Array(Buffer.concat(chunks)), answer };
  };
  return persistently(read, { isPassing: isBrokenOff });
}
