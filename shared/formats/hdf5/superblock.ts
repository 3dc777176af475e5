/** How an HDF5 file begins. Source: HDF5 File Format Specification 3.0, II.A. */
import { sectionOf } from '../../onnx/byte-source.ts';
import type { ByteSource } from '../../onnx/stored-tensor.ts';
import { type Cursor, damaged, FileBytes, refused } from './file-bytes.ts';

const SIGNATURE = '\x89HDF\r\n\x1a\n';
/** Behind a user block; those of models are no longer. */
const PLACES = [0, 512, 1024, 2048];
/** The longest of all versions: 1. */
const MAX_BYTES = 100;

/** Sizes of addresses and lengths: every library has written these for thirty years. */
const ADDRESS_BYTES = 8;

export interface Superblock {
  readonly file: FileBytes;
  /** Of the header of the root group. */
  readonly root: number | undefined;
}

/** @throws ModelError when it is no HDF5 file or is cut off, UnsupportedError for addresses of other sizes */
export function readSuperblock(source: ByteSource): Superblock {
  const start = PLACES.find((place) => hasSignature(source, place));
  if (start === undefined) throw damaged(source.name);
  const part =
    start === 0
      ? source
      : sectionOf(source, start, source.size - start, { outside: damaged(source.name).message });
  const file = new FileBytes(part);
  const cursor = file.read(0, Math.min(MAX_BYTES, part.size), 'its first block');
  const version = cursor.skip(SIGNATURE.length).u8();
  if (version > 3) throw refused(source.name, `has a first block of version ${version}`);
  const { end, root } = version < 2 ? readOld(cursor, version) : readNew(cursor);
  // As libhdf5 does: whatever is missing at the end may be anybody's weights. Unlike addresses it counts the user block.
  if (!(end <= source.size)) throw damaged(source.name);
  return { file, root };
}

interface Ends {
  readonly end: number;
  readonly root: number | undefined;
}

function readOld(cursor: Cursor, version: number): Ends {
  // Versions of what is in the file, all of them 0.
  cursor.skip(4);
  checkSizes(cursor);
  // How full the nodes of trees are, flags, and from version 1 on the same of chunks.
  cursor.skip(1 + 4 + 4 + (version === 1 ? 4 : 0));
  // The base address, which is where the block was found; free space.
  cursor.skip(2 * ADDRESS_BYTES);
  const end = cursor.u64();
  // The driver's block, and the name of the root group.
  const root = cursor.skip(2 * ADDRESS_BYTES).address();
  return { end, root };
}

function readNew(cursor: Cursor): Ends {
  checkSizes(cursor);
  // Flags, the base address, the extension.
  cursor.skip(1 + 2 * ADDRESS_BYTES);
  const end = cursor.u64();
  return { end, root: cursor.address() };
}

function checkSizes(cursor: Cursor): void {
  const [offsets, lengths] = [cursor.u8(), cursor.u8()];
  if (offsets !== ADDRESS_BYTES || lengths !== ADDRESS_BYTES)
    throw refused(cursor.name, `has addresses of ${offsets} and lengths of ${lengths} bytes`);
}

function hasSignature(source: ByteSource, place: number): boolean {
  if (place + SIGNATURE.length > source.size) return false;
  return Buffer.from(source.read(place, SIGNATURE.length)).toString('latin1') === SIGNATURE;
}
