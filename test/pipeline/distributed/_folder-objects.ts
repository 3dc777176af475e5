/** Objects as files of a folder, for the tests of one process. */
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestBytes, digestFile, filesBelow, hexOf } from '../../../shared/base/digest.ts';
import { InputError } from '../../../shared/base/errors.ts';
import { stagingPath } from '../../../shared/base/files.ts';
import { isInside } from '../../../shared/base/inside-folder.ts';
import type {
  ListOptions,
  ObjectInfo,
  ObjectStore,
  PutConditions,
} from '../../../shared/pipeline/distributed/object-store.ts';

/** See above. Conditions hold among the writers of this object. */
export class FolderObjects implements ObjectStore {
  readonly name: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.name = folder;
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    const path = this.#path(key);
    const info = await stat(path).catch(() => undefined);
    if (!info?.isFile()) return undefined;
    const etag = hexOf(await digestFile(path));
    return { key, bytes: info.size, etag, lastModified: info.mtime };
  }

  async get(
    key: string,
    { range }: { readonly range?: readonly [number, number] } = {},
  ): Promise<{ readonly bytes: Uint8Array; readonly info: ObjectInfo } | undefined> {
    const info = await this.head(key);
    if (!info) return undefined;
    const bytes = new Uint8Array(await readFile(this.#path(key)));
    return { bytes: range ? bytes.subarray(range[0], range[0] + range[1]) : bytes, info };
  }

  async download(key: string, path: string): Promise<void> {
    if (!(await this.head(key))) throw new InputError(`${this.name} holds no ${key}`);
    await copyFile(this.#path(key), path);
  }

  put(
    key: string,
    data: Uint8Array | string,
    conditions: PutConditions = {},
  ): Promise<{ readonly etag: string } | undefined> {
    return this.#write(key, conditions, async (staged) => {
      await writeFile(staged, data);
      return hexOf(digestBytes(data));
    });
  }

  upload(
    key: string,
    path: string,
    conditions: PutConditions = {},
  ): Promise<{ readonly etag: string } | undefined> {
    return this.#write(key, conditions, async (staged) => {
      await copyFile(path, staged);
      return hexOf(await digestFile(staged));
    });
  }

  async *list(
    prefix: string,
    { delimiter, startAfter = '' }: ListOptions = {},
  ): AsyncIterable<ObjectInfo> {
    const names = await filesBelow(this.name).catch(() => []);
    for (const key of names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
      if (!key.startsWith(prefix) || key <= startAfter) continue;
      if (delimiter !== undefined && key.slice(prefix.length).includes(delimiter)) continue;
      const info = await this.head(key);
      if (info) yield info;
    }
  }

  async copy(
    from: string,
    to: string,
    conditions: PutConditions = {},
  ): Promise<{ readonly etag: string } | undefined> {
    if (!(await this.head(from))) throw new InputError(`${this.name} holds no ${from}`);
    return this.upload(to, this.#path(from), conditions);
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) await rm(this.#path(key), { force: true });
  }

  #path(key: string): string {
    if (!isInside(key)) throw new InputError(`"${key}" cannot be a file of ${this.name}`);
    return join(this.name, key);
  }

  /** One write at a time, so that between the look and the write nobody else writes. */
  async #write(
    key: string,
    { ifNoneMatch, ifMatch }: PutConditions,
    fill: (staged: string) => Promise<string>,
  ): Promise<{ readonly etag: string } | undefined> {
    const path = this.#path(key);
    const write = async (): Promise<{ readonly etag: string } | undefined> => {
      const there = await this.head(key);
      if (ifNoneMatch !== undefined && there) return undefined;
      if (ifMatch !== undefined && there?.etag !== ifMatch) return undefined;
      const staged = stagingPath(path);
      await mkdir(dirname(path), { recursive: true });
      const etag = await fill(staged);
      await rename(staged, path);
      return { etag };
    };
    const result = this.#last.then(write);
    this.#last = result.catch(() => {});
    return result;
  }
}
