/** The entries of a zip archive as byte sources: what is stored is read in place, what is deflated once. */
import { inflateRawSync } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { FettleError, LimitError, ModelError } from '../../base/errors.ts';
import { memorySource, sectionOf } from '../../onnx/byte-source.ts';
import type { ByteSource } from '../../onnx/stored-tensor.ts';
import { MAX_ZIP_ENTRIES } from '../limits.ts';
import { openZip } from '../open-zip.ts';

/**
 * Of all entries together. Keras stores weights as they are; an archive that was packed again is held in memory
 * as a whole. What is larger than this would not fit, and nobody packs that (CWE-409).
 */
const MAX_INFLATED_BYTES = 1 << 30;

/**
 * What claims to be that much larger than it is packed holds nothing but zeros (CWE-409): weights shrink by a
 * few times, those of pruned models by some ten. Small entries may.
 */
const MAX_INFLATION = 64;
const SMALL_BYTES = 16 << 20;

const STORED = 0;
const DEFLATED = 8;

/** An open archive over a source that somebody else closes. */
export class ZipArchive {
  readonly #source: ByteSource;
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;
  #inflated = 0;

  private constructor(source: ByteSource, zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.#source = source;
    this.#zip = zip;
    this.#entries = entries;
  }

  /** @throws ModelError for an archive that is damaged or has too many entries */
  static async open(source: ByteSource): Promise<ZipArchive> {
    return explain(source.name, async () => {
      const zip = await openZip(source);
      const entries = new Map<string, Entry>();
      for await (const entry of zip.eachEntry()) {
        entries.set(entry.fileName, entry);
        if (entries.size > MAX_ZIP_ENTRIES)
          throw new ModelError(`${source.name} holds more than ${MAX_ZIP_ENTRIES} files`);
      }
      return new ZipArchive(source, zip, entries);
    });
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /**
   * The contents of an entry; `undefined` when there is none.
   * @throws ModelError for a damaged one, LimitError for one that is larger than `limit` once unpacked
   */
  async source(name: string, limit = MAX_INFLATED_BYTES): Promise<ByteSource | undefined> {
    const entry = this.#entries.get(name);
    if (!entry) return undefined;
    const where = `${this.#source.name}: "${name}"`;
    return explain(where, async () => {
      if (entry.isEncrypted()) throw new ModelError(`${where} is encrypted`);
      const { fileDataStart } = await this.#zip.readLocalFileHeaderPromise(entry, {
        minimal: true,
      });
      if (entry.compressionMethod === STORED)
        return part(this.#source, fileDataStart, entry.uncompressedSize, where);
      if (entry.compressionMethod !== DEFLATED)
        throw new ModelError(`${where} is packed by zip method ${entry.compressionMethod}`);
      const size = entry.uncompressedSize;
      const isBomb = size > Math.max(SMALL_BYTES, entry.compressedSize * MAX_INFLATION);
      if (isBomb || size > limit || this.#inflated + size > MAX_INFLATED_BYTES)
        throw new LimitError(`${where} is ${size} bytes once unpacked`, {
          hint: 'Save the model again: Keras does not compress.',
        });
      this.#inflated += size;
      const packed = this.#source.read(fileDataStart, entry.compressedSize);
      // A chunk that takes all of it, and does not end with it, is the result itself and not copied.
      const bytes = inflateRawSync(packed, {
        maxOutputLength: Math.max(1, size),
        chunkSize: size + 64,
      });
      if (bytes.length !== size)
        throw new ModelError(`${where} is damaged: it has another size than the archive says`);
      return memorySource(bytes, where);
    });
  }
}

/** An entry that is stored as it is, in its place. */
function part(source: ByteSource, start: number, size: number, name: string): ByteSource {
  const outside = `${name} is cut off`;
  if (start + size > source.size) throw new ModelError(outside);
  return sectionOf(source, start, size, { name, outside });
}

async function explain<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FettleError) throw error;
    throw new ModelError(`${name} is damaged or cut off: it cannot be read as a zip archive`, {
      hint: 'Copy or save the file again.',
      cause: error,
    });
  }
}
