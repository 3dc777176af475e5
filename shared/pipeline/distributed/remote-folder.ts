/**
 * Files that lie elsewhere, looked at as if they lay in a folder: the code of the command line tells what they are, and
 * takes in what it reads and nothing else. Small files are fetched. For a large one an empty file of its size stands in
 * the folder, so that names and sizes are right, and its bytes are fetched by the ranges that somebody reads.
 */
import { chmod, mkdir, open, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Digest } from '../../base/brand.ts';
import { fileSource } from '../../onnx/byte-source.ts';
import { type FileAccess, LOCAL_FILES } from '../../onnx/file-access.ts';
import { PartialSource, type Room } from '../../onnx/partial-source.ts';
import { atOnce } from '../together.ts';

/** A file and where its bytes are to be had. */
export interface RemoteFile {
  /** Relative to the folder, `/` between parts. */
  readonly path: string;
  readonly bytes: number;
  /** Exactly `length` bytes from `offset`. */
  readonly fetch: (offset: number, length: number) => Promise<Uint8Array>;
  /** Into a file that is not there yet. */
  readonly download: (path: string) => Promise<void>;
  /** Of all its bytes, which do not come here for it. */
  readonly digest: () => Promise<Digest>;
}

/** Fetched whole: a header takes tens of requests of some 30 ms each, as long as 64 MB come in. */
const WHOLE_BYTES = 64 * 1024 * 1024;

/** Of all files that are fetched whole, so that the disk does not depend on how many there are; others stay where they are. */
const MAX_WHOLE_BYTES = 256 * 1024 * 1024;

/** Of all ranges together, held in memory: the largest headers are a tenth of it (CWE-770). */
const MAX_RANGE_BYTES = 128 * 1024 * 1024;

/**
 * Of one look: it begins anew for every range, and a model made for that would go on until the function ends
 * (CWE-400). Keras models of a thousand layers take a minute.
 */
const MAX_LOOK_SECONDS = 240;

/** A request takes as long for less; between large weights, more is waste. */
const CHUNK_BYTES = 32 * 1024;

/** Files that are fetched, or told the digest of. */
const AT_ONCE = 8;

/** Bounds, for tests. */
export interface RemoteLimits {
  readonly wholeBytes?: number;
  readonly maxWholeBytes?: number;
  readonly maxRangeBytes?: number;
  readonly maxLookSeconds?: number;
}

/** See above. */
export class RemoteFolder {
  readonly #away: ReadonlyMap<string, RemoteFile>;
  readonly #sources = new Map<RemoteFile, PartialSource>();
  readonly #digests = new Map<string, Promise<Digest>>();
  readonly #turns = Array.from({ length: AT_ONCE }, () => Promise.resolve());
  readonly #room: Room;
  readonly #maxSeconds: number;

  private constructor(away: ReadonlyMap<string, RemoteFile>, room: Room, maxSeconds: number) {
    this.#away = away;
    this.#room = room;
    this.#maxSeconds = maxSeconds;
  }

  /** Lays the files out in `folder`, those that come first whole while there is room. @throws as fetching them does */
  static async layOut(
    files: readonly RemoteFile[],
    folder: string,
    {
      wholeBytes = WHOLE_BYTES,
      maxWholeBytes = MAX_WHOLE_BYTES,
      maxRangeBytes = MAX_RANGE_BYTES,
      maxLookSeconds = MAX_LOOK_SECONDS,
    }: RemoteLimits = {},
  ): Promise<RemoteFolder> {
    const away = new Map<string, RemoteFile>();
    await mkdir(folder, { recursive: true });
    // Links in its path are followed by some who ask, and not by others.
    const roots = [folder, await realpath(folder)];
    let room = maxWholeBytes;
    const works = files.map((file) => {
      const path = join(folder, file.path);
      const isWhole = file.bytes <= Math.min(wholeBytes, room);
      if (isWhole) room -= file.bytes;
      else for (const root of roots) away.set(join(root, file.path), file);
      return async () => {
        await mkdir(dirname(path), { recursive: true });
        await (isWhole ? file.download(path) : standIn(path, file.bytes));
      };
    });
    await severalAtOnce(works);
    return new RemoteFolder(away, { bytes: maxRangeBytes }, maxLookSeconds);
  }

  /**
   * What `read` gives. It may keep nothing that it opened, nor have effects: it is called again whenever bytes were
   * missing. @throws what it throws once nothing is missing, or nothing more is fetched
   */
  async look<T>(read: (access: FileAccess) => Promise<T>): Promise<T> {
    const end = performance.now() + this.#maxSeconds * 1000;
    let kept = 0;
    try {
      for (;;) {
        const [outcome] = await Promise.allSettled([read(this.#access)]);
        const sources = [...this.#sources.values()];
        const fetched = await Promise.all(sources.map((source) => source.fetchMissing()));
        if (!fetched.includes(true)) {
          if (outcome.status === 'rejected') throw outcome.reason;
          return outcome.value;
        }
        if (performance.now() < end) continue;
        // Whoever reads is refused, and says so, or does without.
        kept += this.#room.bytes;
        this.#room.bytes = 0;
      }
    } finally {
      this.#room.bytes += kept;
    }
  }

  readonly #access: FileAccess = {
    open: (path, options) => {
      const file = this.#away.get(path);
      return file ? this.#source(path, file) : fileSource(path, options);
    },
    digest: (path) => {
      const known = this.#digests.get(path) ?? this.#digest(path);
      this.#digests.set(path, known);
      return known;
    },
    isHere: (path) => !this.#away.has(path),
  };

  #source(path: string, file: RemoteFile): PartialSource {
    const known = this.#sources.get(file);
    if (known) return known;
    const { bytes: size, fetch } = file;
    const options = { chunkBytes: CHUNK_BYTES, room: this.#room };
    const source = new PartialSource({ name: path, size, fetch }, options);
    this.#sources.set(file, source);
    return source;
  }

  /** Behind the others of its turn: thousands of images are a few at once. */
  #digest(path: string): Promise<Digest> {
    const file = this.#away.get(path);
    if (!file) return LOCAL_FILES.digest(path);
    const turn = this.#digests.size % AT_ONCE;
    const digest = (this.#turns[turn] ?? Promise.resolve()).then(() => file.digest());
    this.#turns[turn] = digest.then(
      () => {},
      () => {},
    );
    return digest;
  }
}

/** An empty file of that size. Nobody may open it: zeros are no bytes of the model. */
async function standIn(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.truncate(bytes);
  } finally {
    await file.close();
  }
  await chmod(path, 0);
}

/** All have ended when this fails: nothing is written any more to what is removed then. */
async function severalAtOnce(works: readonly (() => Promise<void>)[]): Promise<void> {
  const queue = [...works];
  const lane = async (): Promise<void> => {
    for (let work = queue.shift(); work; work = queue.shift()) await work();
  };
  await atOnce(Array.from({ length: AT_ONCE }, () => lane));
}
