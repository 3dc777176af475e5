/** How files are read and named by those who do not care where they lie. */
import type { Digest } from '../base/brand.ts';
import { digestFile } from '../base/digest.ts';
import { fileSource, type OpenFile } from './byte-source.ts';

/** Paths are those of this machine: names, sizes and folders are there, whatever is there of the bytes. */
export interface FileAccess {
  readonly open: OpenFile;
  readonly digest: (path: string) => Promise<Digest>;
  /** Whether all bytes are on this machine, so that whoever reads the file in another way may. */
  readonly isHere: (path: string) => boolean;
}

/** Files of this machine. */
export const LOCAL_FILES: FileAccess = {
  open: fileSource,
  digest: (path) => digestFile(path),
  isHere: () => true,
};
