/**
 * Bytes of objects on disk. A body is a list of ranges of files that never change, so that a copy, a
 * completed multipart upload or a part copied from a range costs no bytes; a file goes with its last body.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

interface Segment {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

export interface Body {
  readonly size: number;
  readonly segments: readonly Segment[];
}

export class Bodies {
  readonly #folder: string;
  readonly #uses = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes what comes into a new file, as fast as the disk takes it. Nothing stays when it fails. */
  async write(source: AsyncIterable<Uint8Array>): Promise<Body> {
    await mkdir(this.#folder, { recursive: true });
    const file = join(this.#folder, randomUUID());
    let size = 0;
    const handle = await open(file, 'wx');
    try {
      for await (const chunk of source) {
        await handle.writeFile(chunk);
        size += chunk.length;
      }
    } catch (error) {
      await handle.close();
      await rm(file, { force: true });
      throw error;
    }
    await handle.close();
    this.#uses.set(file, 1);
    return { size, segments: [{ file, offset: 0, length: size }] };
  }

  /** The bytes of a range, also when the body is released meanwhile. */
  async *read(body: Body, start = 0, length = body.size - start): AsyncGenerator<Uint8Array> {
    const held = this.share(body, start, length);
    try {
      for (const { file, offset, length: count } of held.segments) {
        const end = offset + count - 1;
        yield* createReadStream(file, { start: offset, end, highWaterMark: 1 << 18 });
      }
    } finally {
      this.release(held);
    }
  }

  /** A body of its own with the same bytes, or some of them. */
  share(body: Body, start = 0, length = body.size - start): Body {
    const segments = slice(body, start, length);
    for (const { file } of segments) this.#uses.set(file, (this.#uses.get(file) ?? 0) + 1);
    return { size: length, segments };
  }

  /** One body of several, which are given up for it. */
  join(parts: readonly Body[]): Body {
    return {
      size: parts.reduce((sum, { size }) => sum + size, 0),
      segments: parts.flatMap(({ segments }) => segments),
    };
  }

  /** Ends a body. */
  release(body: Body): void {
    for (const { file } of body.segments) {
      const uses = (this.#uses.get(file) ?? 1) - 1;
      if (uses > 0) this.#uses.set(file, uses);
      else {
        this.#uses.delete(file);
        void rm(file, { force: true });
      }
    }
  }
}

function slice(body: Body, start: number, length: number): readonly Segment[] {
  const end = start + length;
  let from = 0;
  return body.segments.flatMap((segment) => {
    const first = Math.max(start, from);
    const last = Math.min(end, from + segment.length);
    const offset = segment.offset + first - from;
    from += segment.length;
    return last > first ? [{ file: segment.file, offset, length: last - first }] : [];
  });
}
