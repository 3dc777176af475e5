/**
 * `.npz`: a zip of `.npy` files, read entry by entry.
 *
 * Stored entries (numpy.savez) are read in place by range; deflated ones (numpy.savez_compressed) are
 * inflated once, to a temporary file when they are large. Nothing holds a whole large array.
 */
import { close, fstat, open, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { type Entry, fromFdPromise, type ZipFile } from 'yauzl';
import { FettleError, InputError } from '../../base/errors.ts';
import { explainReadError } from '../../base/files.ts';
import { IO_CHUNK_BYTES } from '../../base/limits.ts';
import { openZip } from '../../formats/open-zip.ts';
import type { ByteSource } from '../../onnx/stored-tensor.ts';
import { type ArrayFile, openArraySet } from './array-set.ts';
import { type ArraySource, openNpyArray } from './array-source.ts';
import { type ByteBox, createBoxWriter, fileBox, sourceBox } from './byte-box.ts';
import type { DataForm } from './data-form.ts';
import { deflatedBox } from './deflated-box.ts';

/** An npz names a few arrays; a central directory of millions is no data set (CWE-400). */
const MAX_ENTRIES = 10_000;
const STORED = 0;
const DEFLATED = 8;

export const npz: DataForm = {
  name: 'NumPy arrays by name (.npz)',
  suffixes: ['.npz'],
  inParts: true,
  startsLike: (head) => head[0] === 0x50 && head[1] === 0x4b,
  open: async ({ file, shown, open: openFile }, wanted) =>
    openArraySet(
      openFile ? await openPart(openFile(file), shown) : await openNpz(file, shown),
      wanted,
    ),
};

/** The arrays of an `.npz` file. @throws InputError when it is damaged, naming it */
export async function openNpz(file: string, shown: string): Promise<ArrayFile> {
  const descriptor = await promisify(open)(file, 'r').catch((error: unknown) => {
    throw explainReadError(error, shown);
  });
  try {
    const zip = await fromFdPromise(descriptor, { lazyEntries: true, autoClose: false });
    const boxes: Boxes = {
      stored: async (start, entry, where) => {
        await checkStored(descriptor, start, entry, where);
        return fileBox(descriptor, start, entry.uncompressedSize, where);
      },
      deflated: (_, entry, where) => inflate(zip, entry, where),
    };
    return await arraysOf(zip, boxes, shown, () => promisify(close)(descriptor));
  } catch (error) {
    await promisify(close)(descriptor);
    throw explainZipError(error, shown);
  }
}

/** The same of a file that is not all here. No checksums: those take all of it. */
async function openPart(source: ByteSource, shown: string): Promise<ArrayFile> {
  const boxes: Boxes = {
    stored: async (start, { uncompressedSize }, where) =>
      sourceBox(source, start, uncompressedSize, where),
    deflated: async (start, { compressedSize: packedBytes, uncompressedSize: bytes }, where) =>
      deflatedBox(source, { start, packedBytes, bytes }, where),
  };
  try {
    const arrays = await arraysOf(await openZip(source), boxes, shown, async () => source.close());
    return { ...arrays, isAway: true };
  } catch (error) {
    throw explainZipError(error, shown);
  }
}

/** The bytes of an entry, which begins at `start`; by the way that it is packed. */
type Boxes = Readonly<
  Record<'stored' | 'deflated', (start: number, entry: Entry, where: string) => Promise<ByteBox>>
>;

async function arraysOf(
  zip: ZipFile,
  boxes: Boxes,
  shown: string,
  close: () => Promise<void>,
): Promise<ArrayFile> {
  const entries = await readEntries(zip, shown);
  return {
    shown,
    names: [...entries.keys()],
    open: async (name: string): Promise<ArraySource> => {
      const entry = entries.get(name);
      const where = `${shown}: array "${name}"`;
      if (entry === undefined) throw new InputError(`${shown} has no array "${name}"`);
      try {
        return await openNpyArray(await openEntry(zip, boxes, entry, where), where);
      } catch (error) {
        throw explainZipError(error, where);
      }
    },
    close,
  };
}

async function readEntries(zip: ZipFile, shown: string): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) {
    if (!entry.fileName.endsWith('.npy')) continue;
    entries.set(entry.fileName.slice(0, -'.npy'.length), entry);
    if (entries.size > MAX_ENTRIES) {
      throw new InputError(`${shown} names more than ${MAX_ENTRIES} arrays`, { where: shown });
    }
  }
  if (entries.size === 0) {
    throw new InputError(`${shown} is a zip file without a .npy array`, {
      where: shown,
      hint: 'Write it with numpy.savez(file, NAME=array, …).',
    });
  }
  return entries;
}

async function openEntry(
  zip: ZipFile,
  boxes: Boxes,
  entry: Entry,
  where: string,
): Promise<ByteBox> {
  if (entry.isEncrypted()) {
    throw new InputError(`${where} is encrypted`, { hint: 'Write it without a password.' });
  }
  const { compressionMethod } = entry;
  if (compressionMethod !== STORED && compressionMethod !== DEFLATED) {
    throw new InputError(`${where} uses zip method ${compressionMethod}`, {
      hint: 'Write it with numpy.savez or numpy.savez_compressed.',
    });
  }
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  const open = compressionMethod === STORED ? boxes.stored : boxes.deflated;
  return open(fileDataStart, entry, where);
}

/** Entries whose checksum was found right: every step of a job opens the same files. */
const rightEntries = new Set<string>();

/** Reads a stored entry once, as it will be read in place afterwards, bytes at a time. */
async function checkStored(
  descriptor: number,
  start: number,
  { uncompressedSize, crc32: wanted }: Entry,
  where: string,
): Promise<void> {
  const { dev, ino, size, mtimeNs } = await promisify(fstat)(descriptor, { bigint: true });
  const key = [dev, ino, size, mtimeNs, start, uncompressedSize, wanted].join(' ');
  if (rightEntries.has(key)) return;
  const buffer = new Uint8Array(Math.min(IO_CHUNK_BYTES, uncompressedSize));
  let checksum = 0;
  for (let done = 0; done < uncompressedSize; ) {
    const want = Math.min(buffer.length, uncompressedSize - done);
    const count = readSync(descriptor, buffer, 0, want, start + done);
    if (count === 0) throw new InputError(`${where} is truncated`, { where, hint: AGAIN });
    checksum = crc32(buffer.subarray(0, count), checksum);
    done += count;
  }
  if (checksum !== wanted) throw wrongChecksum(where);
  rightEntries.add(key);
}

const AGAIN = 'Copy or write the file again.';

const wrongChecksum = (where: string): InputError =>
  new InputError(`${where} is damaged: its checksum is wrong`, { where, hint: AGAIN });

/** The whole entry, sizes checked by the zip library and the checksum here. */
async function inflate(zip: ZipFile, entry: Entry, where: string): Promise<ByteBox> {
  const writer = createBoxWriter(where);
  try {
    let checksum = 0;
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError('a zip entry gave text');
      checksum = crc32(chunk, checksum);
      await writer.write(chunk);
    }
    if (checksum !== entry.crc32) throw wrongChecksum(where);
    return await writer.finish();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

function explainZipError(error: unknown, where: string): unknown {
  if (error instanceof FettleError || !(error instanceof Error)) return error;
  if ('code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code))
    return error;
  return new InputError(`${where} is damaged or truncated: ${error.message}`, {
    where,
    hint: 'Copy or write the file again.',
    cause: error,
  });
}
