/** What detection looks at: the beginning and end of a file, its size, its name, or a folder's entries. */
import { readdirSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { InputError } from '../base/errors.ts';
import { explainReadError } from '../base/files.ts';
import { fileSource, type OpenFile } from '../onnx/byte-source.ts';
import { HEAD_BYTES } from './limits.ts';

export interface FileSpecimen {
  readonly kind: 'file';
  readonly path: string;
  readonly name: string;
  readonly size: number;
  /** The first 64 KiB, or all. */
  readonly head: Uint8Array;
  /** `head` as Latin-1, for signatures that are text. */
  readonly text: string;
  /** The last 64 KiB as text; the head again for a small file. */
  readonly tail: string;
}

export interface FolderSpecimen {
  readonly kind: 'folder';
  readonly path: string;
  readonly name: string;
  /** Names right below, sorted. */
  readonly entries: readonly string[];
}

export type Specimen = FileSpecimen | FolderSpecimen;

/** Looks at a path. Throws {@link InputError} when there is nothing, or nothing readable. */
export function takeSpecimen(path: string, open: OpenFile = fileSource): Specimen {
  const name = basename(resolve(path));
  try {
    const info = statSync(path);
    if (info.isDirectory())
      return { kind: 'folder', path, name, entries: readdirSync(path).sort() };
    if (!info.isFile()) {
      throw new InputError(`${path} is neither a file nor a folder`, {
        hint: 'Give a model file.',
      });
    }
    const source = open(path);
    try {
      const { size } = source;
      const length = Math.min(HEAD_BYTES, size);
      const head = source.read(0, length);
      const tail = source.read(size - length, length);
      return { kind: 'file', path, name, size, head, text: latin1(head), tail: latin1(tail) };
    } finally {
      source.close();
    }
  } catch (error) {
    throw explainReadError(error, path);
  }
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
