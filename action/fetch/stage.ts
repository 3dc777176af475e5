/**
 * Files of two commits as files of this machine, in folders `base` and `head` with the repository's own layout. Each
 * content is had once: from the checkout, else by the API, else from Git LFS.
 */
import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LimitError } from '../../shared/base/errors.ts';
import { writeFileAtomically } from '../../shared/base/files.ts';
import { LFS_POINTER_MAX_BYTES, parseLfsPointer } from '../../shared/base/lfs-pointer.ts';
import { atOnce } from '../../shared/pipeline/together.ts';
import { formatBytes } from '../../shared/report/numbers.ts';
import type { RepositoryFile } from '../changes/model-change.ts';
import type { LfsDownload, LfsObject } from '../github/lfs.ts';
import type { RepositoryReader } from '../github/repository.ts';
import { findInWorkspace } from './workspace.ts';

export type Side = 'base' | 'head';

/** Objects of Git LFS: of a fork's head they are asked of the fork. */
export interface LfsPort {
  readonly locate: (
    side: Side,
    objects: readonly LfsObject[],
  ) => Promise<ReadonlyMap<string, LfsDownload>>;
  readonly download: (object: LfsObject, from: LfsDownload, path: string) => Promise<void>;
}

export interface StageOptions {
  /** Gets `base` and `head`. */
  readonly folder: string;
  readonly reader: Pick<RepositoryReader, 'blob'>;
  /** Of the checkout; `undefined` where there is none. */
  readonly workspace: string | undefined;
  readonly lfs: LfsPort;
  /** Of everything that is fetched. */
  readonly maxBytes: number;
}

/** Side by side: GitHub allows a hundred requests at once. */
const AT_ONCE = 8;

/** A workflow has a thousand requests an hour, for all that its jobs ask. */
const MAX_BLOBS = 500;

/** The text of a pointer with no extensions is not shorter: its three lines, with a size of one digit. */
const POINTER_MIN_BYTES = 120;

/** Fetches each content once, and puts it in every place that it has. */
export class Stage {
  readonly #options: StageOptions;
  /** Files here by what is in them: a blob id or a SHA-256. */
  readonly #contents = new Map<string, Promise<string>>();
  readonly #pointers = new Map<string, Promise<RepositoryFile['lfs']>>();
  #bytes = 0;
  #blobs = 0;

  constructor(options: StageOptions) {
    this.#options = options;
  }

  root(side: Side): string {
    return join(this.#options.folder, side);
  }

  /** The file with what a pointer of Git LFS in its place says. */
  async resolve(file: RepositoryFile): Promise<RepositoryFile> {
    const { blob, bytes } = file;
    if (bytes < POINTER_MIN_BYTES || bytes >= LFS_POINTER_MAX_BYTES) return file;
    const known = this.#pointers.get(blob) ?? this.#read(file).then(parseLfsPointer);
    this.#pointers.set(blob, known);
    const lfs = await known;
    return lfs ? { ...file, lfs } : file;
  }

  /** A small file as text. */
  async text(file: RepositoryFile): Promise<string> {
    return Buffer.from(await this.#read(file)).toString('utf8');
  }

  /** One file, in its place. */
  async file(side: Side, file: RepositoryFile): Promise<string> {
    await this.files(side, [file]);
    return this.#placeOf(side, file);
  }

  /** All files, each in its place; objects of Git LFS are asked for together. */
  async files(side: Side, wanted: readonly RepositoryFile[]): Promise<void> {
    const files = await Promise.all(wanted.map((file) => this.resolve(file)));
    const missing = files.filter((file) => !existsSync(this.#placeOf(side, file)));
    const objects = new Map<string, LfsObject>();
    for (const { lfs } of missing)
      if (lfs && !this.#contents.has(lfs.sha256)) objects.set(lfs.sha256, lfs);
    const located = new Lazy(() => this.#options.lfs.locate(side, [...objects.values()]));
    for (let at = 0; at < missing.length; at += AT_ONCE)
      await atOnce(
        missing.slice(at, at + AT_ONCE).map((file) => () => this.#put(side, file, located)),
      );
  }

  async #put(
    side: Side,
    file: RepositoryFile,
    located: Lazy<ReadonlyMap<string, LfsDownload>>,
  ): Promise<void> {
    const place = this.#placeOf(side, file);
    const id = file.lfs?.sha256 ?? file.blob;
    const first = this.#contents.get(id);
    if (first) {
      const path = await first;
      if (path !== place) await copy(path, place);
      return;
    }
    const own = this.#fetch(file, place, located).then(() => place);
    this.#contents.set(id, own);
    await own;
  }

  async #fetch(
    file: RepositoryFile,
    place: string,
    located: Lazy<ReadonlyMap<string, LfsDownload>>,
  ): Promise<void> {
    const { lfs } = file;
    this.#take(file.path, lfs?.bytes ?? file.bytes);
    const here = await findInWorkspace(this.#options.workspace, file);
    if (here !== undefined) return copy(here, place);
    if (!lfs) return writeFileAtomically(place, await this.#blob(file));
    const from = (await located.get()).get(lfs.sha256);
    if (!from)
      throw new LimitError(`Git LFS gave no address for ${file.path}`, {
        hint: 'The quota for Git LFS may be used up.',
      });
    await this.#options.lfs.download(lfs, from, place);
  }

  /** @throws LimitError */
  #take(path: string, bytes: number): void {
    this.#bytes += bytes;
    const { maxBytes } = this.#options;
    if (this.#bytes > maxBytes)
      throw new LimitError(
        `${path}: the models and their data are more than ${formatBytes(maxBytes)}, which is what a runner takes in`,
        { hint: 'Change fewer models at once, or use mode: aws.' },
      );
  }

  async #read(file: RepositoryFile): Promise<Uint8Array> {
    const here = await findInWorkspace(this.#options.workspace, file);
    return here === undefined ? this.#blob(file) : readFile(here);
  }

  /** @throws LimitError */
  #blob({ path, blob, bytes }: RepositoryFile): Promise<Uint8Array> {
    if (++this.#blobs > MAX_BLOBS)
      throw new LimitError(`${path}: more than ${MAX_BLOBS} files are to be fetched one by one`, {
        hint: 'Run actions/checkout before Fettle: what lies there need not be fetched.',
      });
    return this.#options.reader.blob(blob, bytes);
  }

  #placeOf(side: Side, { path }: RepositoryFile): string {
    return join(this.root(side), path);
  }
}

/** Asked for once, and only when it is needed. */
class Lazy<T> {
  readonly #make: () => Promise<T>;
  #made: Promise<T> | undefined;

  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  get(): Promise<T> {
    this.#made ??= this.#make();
    return this.#made;
  }
}

/** Shares blocks with the original where the file system can. */
async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to, constants.COPYFILE_FICLONE);
}
